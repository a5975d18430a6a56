//! Colours, style and text of the picture.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// The colour of the nth fabric: apart from one another for most eyes, and readable on light and dark.
pub(crate) fn colour(fabric: usize) -> &'static str {
    const COLOURS: [&str; 6] = ["#2f7fd1", "#e07b28", "#2e9e6b", "#b25bc4", "#c94f5d", "#7a8b1f"];
    COLOURS[fabric % COLOURS.len()]
}

/// Plain classes with a dark variant: custom properties are unknown to many that draw SVG.
pub(super) const STYLE: &str = "\
  text { font: 13px system-ui, 'Helvetica Neue', Arial, sans-serif; fill: #1d2733 }
  .paper { fill: #ffffff }
  .title { font-size: 20px; font-weight: 600 }
  .name { font-size: 14px; font-weight: 600 }
  .soft { fill: #66737f; font-size: 12px; font-weight: 400 }
  .mono { fill: #66737f; font-size: 11px; font-family: ui-monospace, 'DejaVu Sans Mono', monospace }
  .card { fill: #f6f8fa; stroke: #c9d2da }
  .ghost { fill: none; stroke: #c9d2da; stroke-dasharray: 4 4 }
  .plug { fill: #66737f }
  .cable { fill: none; stroke-width: 2.2 }
  .bundle { fill: none; stroke-width: 6; opacity: .35 }
  .trunk { fill: none; stroke-width: 4.5 }
  .dark { stroke-dasharray: 5 5; opacity: .55 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e9ee }
    .paper { fill: #14191f }
    .soft, .mono, .plug { fill: #93a1ad }
    .card { fill: #1e262e; stroke: #3b4853 }
    .ghost { stroke: #3b4853 }
  }
";

/// Text that is safe between tags and in attributes.
pub(super) struct Safe<'t>(pub(super) &'t str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                // XML has no way to write most of these.
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                    f.write_char('\u{fffd}')?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// As much of a text as fits into so many characters.
pub(super) fn fit(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return text.into();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short.into()
}

/// The beginning and the end of a name, where it has more than so many characters: machines that belong
/// together differ at the end.
pub(super) fn fit_name(name: &str, most: usize) -> Cow<'_, str> {
    let count = name.chars().count();
    if count <= most {
        return name.into();
    }
    let kept = most.saturating_sub(1);
    let end = kept / 2;
    let begin = name.chars().take(kept - end);
    begin.chain(['…']).chain(name.chars().skip(count - end)).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::{Safe, fit, fit_name};

    #[test]
    fn what_does_not_fit_ends_in_dots() {
        assert_eq!(fit("alpha", 5), "alpha");
        assert_eq!(fit("alphas", 5), "alph…");
        assert_eq!(fit("ähäöü!", 3), "äh…");
        assert_eq!(fit_name("alpha", 5), "alpha");
        assert_eq!(fit_name("hypervisor-17", 8), "hype…-17");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(Safe("a<b>&'\"\0").to_string(), "a&lt;b&gt;&amp;&apos;&quot;\u{fffd}");
    }
}
