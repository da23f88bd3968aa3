//! What the server answers the Audit part. Only on the server.

use std::collections::BTreeMap;

use holdfast::{
    Change, Kind, Revision, Timestamp, Transition,
    trail::{Trail, TrailQuery},
};
use time::{Date, OffsetDateTime, macros::format_description};

use super::{
    reach::Reach,
    server::{Checked, Flaw, Found, Opened, Question, Row},
};
use crate::{
    AppError,
    components::lines,
    context::Caller,
    people::{Account, Email},
    states::answers::shown,
};

/// Changes of one answer: several screens.
const PAGE: usize = 100;
const DAY_MS: i64 = 24 * 60 * 60_000;

pub(super) async fn find(
    caller: &Caller,
    question: &Question,
    before: Option<u64>,
) -> Result<Found, AppError> {
    let Trail {
        changes,
        next,
        reached,
    } = look_back(caller, question, before.map(Revision), PAGE).await?;
    let names = Names::of(caller, &changes).await?;
    let manager = &caller.state.manager;
    let kinds = manager.kinds();
    let tables = kinds.iter().filter_map(|kind| manager.lifecycle(kind));
    let steps = tables.flat_map(|table| {
        let statuses = table.statuses().into_iter();
        statuses.flat_map(|status| table.allowed(&status))
    });
    let first = [Transition::CREATE, Transition::ROLLBACK];
    let mut deeds: Vec<String> = steps.chain(first).map(|deed| deed.to_string()).collect();
    deeds.sort_unstable();
    deeds.dedup();
    Ok(Found {
        rows: changes.iter().map(|change| names.row(change)).collect(),
        next: next.map(|next| next.0),
        reached: reached.map(moment),
        kinds: kinds.iter().map(ToString::to_string).collect(),
        deeds,
    })
}

/// The newest changes of everybody, each with who made it, for whoever administers the server.
pub(crate) async fn newest(
    caller: &Caller,
    count: usize,
) -> Result<Vec<(Change, String)>, AppError> {
    let found = look_back(caller, &Question::default(), None, count).await?;
    let names = Names::of(caller, &found.changes).await?;
    let named = found.changes.into_iter().map(|change| {
        let who = names.row(&change).who;
        (change, who)
    });
    Ok(named.collect())
}

pub(super) async fn open(caller: &Caller, revision: u64) -> Result<Opened, AppError> {
    let reach = Reach::of(caller).await?;
    let before = Revision(revision.saturating_sub(1));
    let found = caller.state.manager.log(before, 1).await?;
    let is_it = |it: &Change| it.revision.0 == revision && reach.has(it);
    let change = found.into_iter().find(is_it);
    let change = change
        .ok_or_else(|| AppError::NotFound(format!("There is no change {revision} in the log.")))?;
    let names = Names::of(caller, std::slice::from_ref(&change)).await?;
    let pretty = |state| format!("{:#}", shown(state).data);
    let (older, newer) = (
        change.before.as_ref().map(pretty).unwrap_or_default(),
        pretty(&change.after),
    );
    let all = change.before.iter().chain([&change.after]);
    let removed = all.filter_map(|state| state.removed.as_ref()).next();
    Ok(Opened {
        row: names.row(&change),
        id: change.after.id.to_string(),
        scope: change.after.scope.to_string(),
        client: change.actor.client.clone(),
        before: change.before.as_ref().map(|state| state.status.to_string()),
        after: change.after.status.to_string(),
        digest: change.after.digest.to_string(),
        removed: removed.map(ToString::to_string),
        lines: lines::laid_over(&older, &newer),
    })
}

pub(super) async fn check(caller: &Caller) -> Result<Checked, AppError> {
    if !matches!(Reach::of(caller).await?, Reach::All) {
        let told = "The whole log is checked by who administers the whole server.";
        return Err(AppError::Forbidden(told.into()));
    }
    let verified = caller.state.manager.verify().await?;
    let flaws = verified.findings.into_iter().map(|finding| Flaw {
        revision: finding.revision.0,
        id: finding.id.to_string(),
        version: finding.version.0,
        problem: finding.problem.to_string(),
    });
    Ok(Checked {
        changes: verified.changes,
        removed: verified.removed,
        digest: verified.digest.to_string(),
        flaws: flaws.collect(),
    })
}

pub(super) async fn look_back(
    caller: &Caller,
    question: &Question,
    before: Option<Revision>,
    last: usize,
) -> Result<Trail, AppError> {
    let reach = Reach::of(caller).await?;
    let said = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let address = said(&question.address).map(|text| {
        let misread = |_| invalid("address", "must be an IP address, such as 192.0.2.7");
        text.parse().map_err(misread)
    });
    let query = TrailQuery {
        // Of many changes few may be within reach.
        last: matches!(reach, Reach::All).then_some(last),
        before,
        scope: None,
        kind: said(&question.kind).map(Kind::new),
        transition: said(&question.did).map(Transition::new),
        actor: match said(&question.who) {
            Some(who) => Some(actor(caller, &reach, who).await?),
            None => None,
        },
        address: address.transpose()?,
        text: said(&question.q),
        from: day("since", &question.since)?,
        until: day("until", &question.until)?.map(|day| Timestamp(day.0 + DAY_MS)),
    };
    let mut trail = caller.state.manager.trail(&query).await?;
    trail.changes.retain(|change| reach.has(change));
    if trail.changes.len() > last {
        trail.changes.truncate(last);
        trail.next = trail.changes.last().map(|change| change.revision);
    }
    Ok(trail)
}

/// How the log names somebody who is called by email or name.
async fn actor(caller: &Caller, reach: &Reach, who: String) -> Result<String, AppError> {
    let people = &caller.state.people;
    if let Some(email) = Email::parse(&who)
        && let Some(account) = people.with_email(&email).await?
        && reach.knows(&account)
    {
        return Ok(account.actor_name());
    }
    let all = people.all().await?;
    let named = all
        .iter()
        .find(|it| reach.knows(it) && it.name.to_lowercase() == who.to_lowercase());
    Ok(named.map_or(who, Account::actor_name))
}

fn day(path: &str, text: &str) -> Result<Option<Timestamp>, AppError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Date::parse(text.trim(), format_description!("[year]-[month]-[day]"));
    let day = day.map_err(|_| invalid(path, "must be a day, such as 2026-11-21"))?;
    let seconds = day.midnight().assume_utc().unix_timestamp();
    Ok(Some(Timestamp(seconds * 1000)))
}

fn invalid(path: &str, problem: &str) -> AppError {
    AppError::Invalid {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

/// A moment in UTC, to the second: `2026-11-21 09:31:05`.
fn moment(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok();
    let text = moment.and_then(|moment| moment.format(&format).ok());
    text.unwrap_or_else(|| format!("{} ms since 1970", at.0))
}

/// What people are called, by the name that the log has.
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Of everybody who made these changes.
    pub(crate) async fn of(caller: &Caller, changes: &[Change]) -> Result<Self, AppError> {
        let mut names = BTreeMap::new();
        for change in changes {
            let actor = &change.actor.name;
            if names.contains_key(actor) {
                continue;
            }
            let name = match actor.split_once(':') {
                Some(("user", id)) => caller.state.people.account(id).await?.map(|it| it.name),
                Some(("session", key)) => {
                    Some(format!("Guest {}", key.chars().take(4).collect::<String>()))
                }
                Some(("token", _)) => Some("A token".into()),
                _ => None,
            };
            names.insert(actor.clone(), name.unwrap_or_else(|| actor.clone()));
        }
        Ok(Self(names))
    }

    /// Who made this change.
    pub(crate) fn who(&self, change: &Change) -> String {
        let actor = &change.actor.name;
        self.0.get(actor).unwrap_or(actor).clone()
    }

    fn row(&self, change: &Change) -> Row {
        let (actor, state) = (&change.actor, &change.after);
        // What a configuration's page did says more than that its state was updated.
        let deed = (state.kind == workbench::configurations::desk::CONFIGURATION)
            .then(|| state.data.get("action")?.as_str());
        Row {
            revision: change.revision.0,
            at: moment(change.at),
            who: self.who(change),
            actor: actor.name.clone(),
            address: actor.address.map(|it| it.to_string()).unwrap_or_default(),
            did: deed
                .flatten()
                .unwrap_or(change.transition.as_str())
                .to_owned(),
            kind: state.kind.to_string(),
            name: state.name.clone(),
            version: state.version.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use holdfast::Timestamp;

    use super::{day, moment};

    #[test]
    fn days_begin_at_midnight_utc_and_what_is_no_day_is_refused_with_its_field() {
        let at = day("since", " 2026-11-21 ").unwrap_or_default();
        assert_eq!(at, Some(Timestamp(1_795_219_200_000)));
        assert_eq!(day("since", ""), Ok(None));
        let refused = day("until", "21.11.2026").map_err(|error| error.to_string());
        assert_eq!(
            refused.err().as_deref(),
            Some("until: must be a day, such as 2026-11-21")
        );
        assert_eq!(moment(Timestamp(1_795_219_205_999)), "2026-11-21 00:00:05");
    }
}
