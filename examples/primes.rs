//! Which of these numbers are prime? Python's example for its process pool, with a map over
//! processes.

use concurrent_futures::{BuildError, ProcessPoolExecutor};

const NUMBERS: [u64; 6] = [
    112_272_535_095_293,
    112_582_705_942_171,
    112_272_535_095_293,
    115_280_095_190_773,
    115_797_848_077_099,
    1_099_726_899_285_419,
];

fn main() -> Result<(), BuildError> {
    // In a worker process this never returns.
    concurrent_futures::init();
    let pool = ProcessPoolExecutor::builder().build()?;
    for (number, prime) in NUMBERS.iter().zip(pool.map(is_prime, NUMBERS)) {
        match prime {
            Ok(prime) => println!("{number} is prime: {prime}"),
            Err(error) => println!("{number}: {error}"),
        }
    }
    Ok(())
}

fn is_prime(number: u64) -> bool {
    if number < 2 || number.is_multiple_of(2) {
        return number == 2;
    }
    (3..=number.isqrt()).step_by(2).all(|divisor| !number.is_multiple_of(divisor))
}
