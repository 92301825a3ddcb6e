use crate::error::BuildError;
use crate::process::{Body, Boot, Names, ancestry, encode, identity};

use super::config::Config;

/// What a program needs for itself, beside what its tasks use.
const OVERHEAD: u64 = 64 << 20;

/// What every worker of a pool is told first, but for its number.
pub(super) fn greeting(config: &Config, name: &str, index: u32) -> Result<Body, BuildError> {
    let own = identity().map_err(|error| {
        BuildError::new(format!(
            "the program's own executable cannot be identified, so workers could not be checked to be the \
             same build: {error}; link with a build id (-C link-arg=-Wl,--build-id)"
        ))
    })?;
    let name = format!("{}{index}", short(name));
    let boot = Boot {
        identity: own.clone(),
        index,
        names: Names {
            own: name.clone(),
            parent: ancestry::name().to_owned(),
            line: ancestry::line_of_child(format_args!("w{index}")),
        },
        name,
        max_body: config.max_message_size,
        directory: config
            .current_dir
            .as_ref()
            .map(|path| path.as_os_str().as_encoded_bytes().to_vec()),
        data_limit: config
            .memory_limit
            .map(|limit| limit.saturating_add(limit / 4).saturating_add(OVERHEAD)),
        initializer: config.initializer.clone().and_then(Result::ok),
    };
    let mut bytes = Vec::new();
    encode(&boot, &mut bytes)
        .map_err(|why| BuildError::new(format!("the pool's settings cannot be encoded: {why}")))?;
    Body::of(bytes).map_err(|why| BuildError::new(why.to_string()))
}

/// The system shows 15 bytes of a name.
fn short(name: &str) -> String {
    let pool = name.rsplit('-').next().unwrap_or_default();
    format!("cf-pool{pool}-")
}
