//! The README's example is this test, word for word.

mod first_test;

#[test]
fn the_readme_shows_the_test_that_runs() {
    let readme = include_str!("../../README.md");
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(shown, Some(include_str!("first_test.rs")));
}
