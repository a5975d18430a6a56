//! `npivot guest …`.

use std::io::Write;

use npivot::guest::ports::{Claim, Claims, GuestId, Links};
use npivot::guest::{Finding, Purpose, resolve};
use npivot::libvirt::{Access, Domain};
use npivot::migration::Severity;
use npivot_hal::{LunId, Outcome};
use serde_json::{Value, json};

use super::Session;
use super::documents::put;
use crate::args::{Format, Guest, LinksAt};
use crate::commands::connected::or_dash;
use crate::commands::{json as write_json, say};
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, table};

pub(super) async fn run(
    command: &Guest,
    session: &Session<'_>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    match command {
        Guest::Resolve { guest, check, output, record, arriving, format } => {
            let domain = session.document(guest)?;
            let domain = Domain::parse(&domain.name, &domain.text)?;
            let purpose = if *arriving { Purpose::Arrival } else { Purpose::Start };
            let resolution = resolve(&domain, purpose, &session.ports()).await;
            if *check {
                let of = domain.devices().len();
                let unchecked = resolution.devices().ok().map(|found| of - found.len());
                return told(resolution.findings(), (unchecked, of), *format, out);
            }
            for finding in resolution.findings() {
                say(Some(&finding.to_string()));
            }
            match resolution.to_xml(&domain, *record) {
                Err(refused) => {
                    say(Some(&refused.to_string()));
                    Ok(Answer::No)
                }
                Ok(xml) => {
                    put(output, &xml, out)?;
                    Ok(Answer::Yes)
                }
            }
        }
        Guest::Release { guest, links } => release(guest, links, session, out).await,
        Guest::List { format } => {
            list(&session.claims.all().await?, *format, out)?;
            Ok(Answer::Yes)
        }
    }
}

/// Everything that was found, worst first. Of how many devices how many were not checked, unless the guest is
/// refused.
fn told(
    findings: &[Finding],
    (unchecked, of): (Option<usize>, usize),
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let fine = findings.iter().all(|finding| finding.severity != Severity::Error);
    match format {
        Format::Json => {
            let record = |finding: &Finding| {
                json!({
                    "severity": finding.severity.to_string(),
                    "file": finding.file,
                    "line": finding.place.line,
                    "column": finding.place.column,
                    "subject": finding.subject,
                    "text": finding.text,
                    "expected": finding.expected,
                    "fix": finding.fix,
                })
            };
            let findings: Vec<Value> = findings.iter().map(record).collect();
            let told = json!({ "refused": !fine, "unchecked": unchecked, "findings": findings });
            write_json(&told, out)?;
        }
        Format::Text => {
            for finding in findings {
                writeln!(out, "{finding}")?;
            }
            match unchecked {
                None => writeln!(out, "the guest is refused")?,
                Some(0) => writeln!(out, "all of it is there")?,
                Some(left) if left == of => writeln!(out, "nothing of it could be checked")?,
                Some(left) => {
                    writeln!(
                        out,
                        "all that was checked is there; {left} of {of} were not checked"
                    )?;
                }
            }
        }
    }
    Ok(Answer::from(fine))
}

async fn release(
    guest: &str,
    links: &LinksAt,
    session: &Session<'_>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let (claims, here) = (&session.claims, session.connection.host.name());
    let id = GuestId { name: guest.into(), uuid: guest.parse().ok() };
    let links = session.links(links)?;
    let own = |claim: &Claim| claim.guest.is(&id) && claim.host == here;
    let all = claims.all().await?;
    let held: Vec<&LunId> = all.iter().filter(|(_, c)| own(c)).map(|(lun, _)| lun).collect();
    if claims.release(&id, here).await? == Outcome::Unchanged {
        writeln!(out, "guest {guest} has nothing on {here}")?;
        return Ok(Answer::Yes);
    }
    for lun in &held {
        writeln!(out, "{lun} is given up")?;
    }
    if held.is_empty() {
        writeln!(out, "guest {guest} is not expected on {here} any more")?;
    }
    let mut answer = Answer::Yes;
    for link in links.all()?.into_iter().filter(|link| held.contains(&&link.id)) {
        let users = claims.users(&link.id).await?;
        if users.iter().any(|claim| claim.host == here) {
            continue;
        }
        match links.remove(&link).await {
            Ok(_) => writeln!(out, "{link} is removed")?,
            Err(error) => {
                writeln!(out, "{link} IS LEFT BEHIND: {error}")?;
                answer = Answer::No;
            }
        }
    }
    Ok(answer)
}

fn list(all: &[(LunId, Claim)], format: Format, out: &mut impl Write) -> Result<(), Failure> {
    let access = |claim: &Claim| match claim.access {
        Access::Exclusive => "exclusive",
        Access::Shared => "shared",
        Access::ReadOnly => "read-only",
    };
    if format == Format::Json {
        let record = |(lun, claim): &(LunId, Claim)| {
            json!({
                "lun": lun.to_string(),
                "guest": claim.guest.name,
                "uuid": claim.guest.uuid.map(|uuid| uuid.to_string()),
                "host": claim.host,
                "access": access(claim),
            })
        };
        return write_json(&all.iter().map(record).collect::<Vec<_>>(), out);
    }
    if all.is_empty() {
        writeln!(out, "no guest uses a LUN")?;
        return Ok(());
    }
    let mut rows = table(&["LUN", "GUEST", "HOST", "ACCESS", "UUID"]);
    for (lun, claim) in all {
        rows.add_row([
            lun.to_string(),
            claim.guest.to_string(),
            claim.host.clone(),
            access(claim).to_owned(),
            or_dash(claim.guest.uuid),
        ]);
    }
    write!(out, "{}", lines(&rows))?;
    Ok(())
}
