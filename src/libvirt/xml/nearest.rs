//! The known word that a mistyped one resembles.

/// The word of `known` that `given` was probably meant to be, or `None` when none is near: equal but
/// for case, or at most a third of its letters wrong, missing, too many or swapped with a neighbour.
pub(super) fn nearest<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let given = given.trim().to_ascii_lowercase();
    // Words are short. Longer input is no misspelling, and the table below grows with its square.
    if given.len() > 40 {
        return None;
    }
    let near = known.into_iter().filter_map(|word| {
        let distance = distance(&given, word);
        (distance <= (word.chars().count() / 3).max(1) && distance < word.chars().count())
            .then_some((distance, word))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let changed = last[j] + usize::from(a[i] != b[j]);
            let mut best = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let types = ["scsi_host", "fc_host"];
        assert_eq!(nearest("fc_hots", types), Some("fc_host"));
        assert_eq!(nearest("FC_HOST", types), Some("fc_host"));
        assert_eq!(nearest("fchost", types), Some("fc_host"));
        assert_eq!(nearest("scsihost", types), Some("scsi_host"));
        assert_eq!(nearest("iscsi", types), None);
        assert_eq!(nearest("ja", ["yes", "no"]), None);
        assert_eq!(nearest("yse", ["yes", "no"]), Some("yes"));
        assert_eq!(nearest("", ["yes", "no"]), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), types), None);
    }
}
