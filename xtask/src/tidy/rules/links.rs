//! Links between the texts of the repository lead somewhere.

use crate::tidy::finding::Finding;
use crate::tidy::tree::parent;

/// `dead-link`: a relative link in a Markdown file leads to a file or folder of the tree, as
/// `exists` knows it.
pub(crate) fn check(path: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in prose(text) {
        for target in targets(&line) {
            let Some(wanted) = resolve(path, &target) else {
                continue;
            };
            if wanted.as_deref().is_none_or(|wanted| !exists(wanted)) {
                let what = format!("the link `{target}` leads nowhere; correct or remove it");
                findings.push(Finding::new(path, at, "dead-link", what));
            }
        }
    }
    findings
}

/// The lines, numbered from 1, outside code blocks; what stands between backticks is blanked.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start_matches([' ', '\t', '>']);
        let run = |sign| &trimmed[..trimmed.len() - trimmed.trim_start_matches(sign).len()];
        let opens = [run('`'), run('~')].into_iter().find(|run| run.len() >= 3);
        match (fence, opens) {
            (None, Some(_)) => fence = opens,
            (Some(open), Some(close)) if close.starts_with(open) => fence = None,
            (None, None) => lines.push((at + 1, without_code(line))),
            (Some(_), _) => {}
        }
    }
    lines
}

/// The line without its code spans. A backtick that nothing closes is a plain character.
fn without_code(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let after = rest[start..].trim_start_matches('`');
        let marks = &rest[start..rest.len() - after.len()];
        kept.push_str(&rest[..start]);
        rest = after.split_once(marks).map_or(after, |(_, behind)| behind);
    }
    kept + rest
}

/// The targets on a line: `[text](target)`, `[label]: target`, `href="target"`, `src="target"`.
fn targets(line: &str) -> Vec<String> {
    let mut found: Vec<&str> = line
        .match_indices("](")
        .map(|(start, open)| inside_parentheses(&line[start + open.len()..]))
        .collect();
    if let Some((label, target)) = line.trim_start().split_once("]:")
        && label.starts_with('[')
        && !label.starts_with("[^")
        && !label[1..].contains(['[', ']'])
    {
        found.push(target.trim());
    }
    for attribute in ["href=\"", "src=\""] {
        let values = line.split(attribute).skip(1);
        found.extend(values.filter_map(|value| Some(value.split_once('"')?.0)));
    }
    found.into_iter().map(without_title).filter(|target| !target.is_empty()).collect()
}

/// The text up to the parenthesis that closes the one before it.
fn inside_parentheses(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return &text[..at],
            ')' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// A target without its `"title"` and without the brackets of `<target>`.
fn without_title(target: &str) -> String {
    let target = target.trim();
    let bare = match target.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((inside, _)) => inside,
        None => target.split_whitespace().next().unwrap_or(""),
    };
    bare.to_owned()
}

/// The path in the tree that `target` means in the file at `path`: `None` when it is not of the
/// tree, `Some(None)` when it leaves the tree.
#[expect(clippy::option_option, reason = "no path of ours, and one outside, are two answers")]
fn resolve(path: &str, target: &str) -> Option<Option<String>> {
    let scheme = target.split_once(':').is_some_and(|(before, _)| {
        before.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
    });
    let file = target.split(['#', '?']).next().unwrap_or("");
    if scheme || file.is_empty() || file.starts_with("//") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let base = if file.starts_with('/') { "" } else { parent(path) };
    let decoded = file.replace("%20", " ");
    for part in base.split('/').chain(decoded.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Some(None);
                }
            }
            part => parts.push(part),
        }
    }
    Some(Some(parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(text: &str) -> Vec<usize> {
        let known = ["", "docs", "docs/a.md", "docs/a b.md", "README.md", "docs/img(1).png"];
        let exists = |path: &str| known.contains(&path);
        check("docs/x.md", text, &exists).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn links_that_lead_somewhere() {
        for good in [
            "[a](a.md)",
            "[a](./a.md#part \"title\") and [b](../README.md)",
            "[root](/README.md), [folder](../docs/), [top](..)",
            "[space](<a b.md>) [space](a%20b.md) ![image](img(1).png)",
            "[label]: a.md\n[^note]: not a link at all",
            "[web](https://example.org/x.md) [mail](mailto:a@b.c) [part](#part) [type](crate::X)",
            "<img src=\"../README.md\">",
            "`[code](gone.md)` and ``[`code`](gone.md)``",
            "```text\n[code](gone.md)\n```\n> ~~~~\n> [code](gone.md)\n> ~~~~",
        ] {
            assert_eq!(dead(good), [], "{good}");
        }
    }

    #[test]
    fn links_that_lead_nowhere() {
        for bad in [
            "[a](gone.md)",
            "[a](a.md) [b](b.md)",
            "[root](/docs/README.md)",
            "[out](../../other/README.md)",
            "![image](gone.png)",
            "[label]: gone.md",
            "<a href=\"gone.md\">",
            "`code` [a](gone.md) `more`",
            "a ` alone [a](gone.md)",
        ] {
            assert_eq!(dead(bad), [1], "{bad}");
        }
        assert_eq!(dead("```\nx\n```\n[a](gone.md)"), [4]);
    }
}
