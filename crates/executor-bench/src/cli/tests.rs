//! Arguments are checked, and a debug build measures nothing.

use super::*;

fn parse(arguments: &str) -> Result<Cli, String> {
    let words = std::iter::once("executor-bench").chain(arguments.split_whitespace());
    Cli::try_parse_from(words).map_err(|error| error.to_string())
}

#[test]
fn the_command_line_is_sound() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}

#[test]
fn every_command_is_understood() {
    for line in [
        "compare --quick --directory . --json=c.json",
        "compare --workers 3 --filter sizes",
        "peers --quick --filter lock --workers 1 --python pypy3 --json",
        "scale --json=-",
        "report a.json b.json --html r.html --markdown - --readme README.md",
        "agree a.json b.json",
        "pass burst --workers=2 --python=python3 --quick",
        "list",
    ] {
        assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
    }
}

#[test]
fn the_help_does_not_show_what_is_for_the_program_itself() {
    use clap::CommandFactory;
    let help = Cli::command().render_long_help().to_string();
    assert!(help.contains("  peers ") && !help.contains("  pass "), "{help}");
}

#[test]
fn wrong_arguments_are_refused() {
    for line in [
        "",
        "measure",
        "peers --workers 0",
        "peers --workers two",
        "report",
        "compare x",
        "agree a",
        "pass burst",
    ] {
        assert!(parse(line).is_err(), "{line} was taken");
    }
}

#[test]
fn json_without_a_name_is_standard_output() {
    let json = |line| match parse(line).expect("a good line").command {
        Command::Scale(measuring) => measuring.json,
        other => panic!("{other:?}"),
    };
    assert_eq!(json("scale"), None);
    assert_eq!(json("scale --json"), Some(PathBuf::from("-")));
    assert_eq!(json("scale --json=x"), Some(PathBuf::from("x")));
}

#[test]
fn the_list_has_every_name_once_in_its_command() {
    let list = list();
    for part in ["compare\n", "peers\n", "scale\n", "  payloads ", "  process_echo ", "  barrier "]
    {
        assert!(list.contains(part), "no {part:?} in {list}");
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_debug_build_refuses_to_measure() {
    let measuring = || Measuring { quick: true, filter: None, workers: None, json: None };
    let refusals = [
        compare(CompareOptions { measuring: measuring(), directory: None }),
        peers(&PeersOptions { measuring: measuring(), python: "python3".to_owned() }),
        scale(&measuring()),
    ];
    for refusal in refusals {
        let message = refusal.expect_err("this is a debug build");
        assert!(message.contains("debug build") && message.contains("--release"), "{message}");
    }
}

#[test]
fn a_report_of_nothing_is_an_error() {
    let options = ReportOptions {
        files: vec![PathBuf::from("no-such-file.json")],
        html: None,
        markdown: None,
        readme: None,
    };
    let message = report(&options).expect_err("there is no such file");
    assert!(message.starts_with("no-such-file.json: "), "{message}");
}
