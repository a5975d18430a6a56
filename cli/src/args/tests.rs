//! The help of every command: it has examples, and what they show is understood.

use clap::{Command, CommandFactory, Parser};

use super::Args;

/// The commands that do something, each with its words.
fn leaves(command: &Command, words: &str, found: &mut Vec<(String, Command)>) {
    let mut subcommands = command.get_subcommands().peekable();
    if subcommands.peek().is_none() {
        found.push((words.to_owned(), command.clone()));
    }
    for subcommand in subcommands {
        leaves(subcommand, &format!("{words} {}", subcommand.get_name()), found);
    }
}

/// The calls of npivot in a help's examples, as words.
fn calls(help: &str) -> Vec<Vec<String>> {
    let whole = help.replace("\\\n", " ");
    let mut calls = vec![];
    for line in whole.lines().filter(|line| line.starts_with("  ")) {
        for part in line.split(['|', '<', '>']).flat_map(|part| part.split("&&")) {
            let words = part.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
            let mut words: Vec<String> = words.map(String::from).collect();
            if words.first().is_some_and(|word| word == "exec") {
                words.remove(0);
            }
            if words.first().is_some_and(|word| word == "npivot") {
                calls.push(words);
            }
        }
    }
    calls
}

#[test]
fn every_command_has_examples_that_are_understood() {
    let mut found = vec![];
    leaves(&Args::command(), "npivot", &mut found);
    assert!(found.len() > 30, "{}", found.len());
    for (words, command) in found {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let calls = calls(&help);
        let own: Vec<&str> = words.split(' ').skip(1).collect();
        let shown = |call: &Vec<String>| own.iter().all(|word| call.iter().any(|w| w == word));
        assert!(calls.iter().any(shown), "`{words}` has no example of itself: {help}");
        for call in calls {
            if let Err(error) = Args::try_parse_from(&call) {
                panic!("`{words} --help` shows {call:?}: {error}");
            }
        }
    }
}

#[test]
fn the_command_line_is_sound() {
    Args::command().debug_assert();
}
