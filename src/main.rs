//! Parses the command line, loads the configuration, runs one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    hufu::cli::main()
}
