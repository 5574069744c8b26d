// SPDX-License-Identifier: Apache-2.0
//! The next time of a cron expression, in a time zone of the IANA database that is compiled in (chrono-tz).
//!
//! Five fields, or six with seconds first, or @hourly, @daily and so on. A time that the spring change skips runs
//! right after the gap; one that the autumn change repeats runs once. Time is an argument: nothing here asks a clock.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::Cron;
use std::cell::RefCell;
use std::str::FromStr;

const EXPRESSION_MAX: usize = 200;

struct Schedule {
    expression: String,
    timezone: String,
    cron: Cron,
    zone: Tz,
}

thread_local! {
    /// The one asked for last: who walks along a schedule asks for its next time thousands of times in a row, and
    /// reading the expression takes longer than the step.
    static LAST: RefCell<Option<Schedule>> = const { RefCell::new(None) };
}

fn read(expression: &str, timezone: &str) -> Result<Schedule, String> {
    if expression.len() > EXPRESSION_MAX {
        return Err(format!("a cron expression has at most {EXPRESSION_MAX} bytes"));
    }
    let zone = Tz::from_str(timezone).map_err(|_| {
        format!("unknown time zone {timezone:?}: use a name of the IANA database, like Europe/Paris or UTC")
    })?;
    let cron = CronParser::builder()
        .seconds(Seconds::Optional)
        .year(Year::Disallowed)
        .build()
        .parse(expression)
        .map_err(|e| format!("cron expression {expression:?}: {}", e.to_string().trim_end_matches('.')))?;
    // "," is a list of nothing: no second of the 3,000 years that the search walks through would match.
    let pattern = &cron.pattern;
    let fields = [(&pattern.seconds, "seconds"), (&pattern.minutes, "minutes"), (&pattern.hours, "hours")];
    for (field, name) in fields.into_iter().chain([(&pattern.months, "months")]) {
        if field.values().is_empty() {
            return Err(format!("cron expression {expression:?}: its {name} are an empty list"));
        }
    }
    Ok(Schedule { expression: expression.to_string(), timezone: timezone.to_string(), cron, zone })
}

fn step(schedule: &Schedule, after_unix_ms: i64) -> Result<i64, String> {
    // Occurrences are whole seconds, so the first one after the second we are in is the first one after the
    // millisecond.
    let after: DateTime<Utc> = DateTime::from_timestamp(after_unix_ms.div_euclid(1000), 0)
        .ok_or_else(|| format!("{after_unix_ms} ms is no time that a calendar has"))?;
    let expression = &schedule.expression;
    match schedule.cron.find_next_occurrence(&after.with_timezone(&schedule.zone), false) {
        Ok(time) => Ok(time.timestamp_millis()),
        Err(CronError::TimeSearchLimitExceeded) => Err(format!("cron expression {expression:?} never comes")),
        Err(e) => Err(format!("cron expression {expression:?}: {}", e.to_string().trim_end_matches('.'))),
    }
}

/// The first time after `after_unix_ms`, never equal to it.
pub fn next(expression: &str, timezone: &str, after_unix_ms: i64) -> Result<i64, String> {
    LAST.with(|last| {
        let mut last = last.borrow_mut();
        let schedule = match last.take() {
            Some(known) if known.expression == expression && known.timezone == timezone => known,
            _ => read(expression, timezone)?,
        };
        step(last.insert(schedule), after_unix_ms)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDateTime;

    /// The next `count` times after `after`, all in UTC.
    fn list(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let mut ms = NaiveDateTime::parse_from_str(after, "%Y-%m-%dT%H:%M:%S").unwrap().and_utc().timestamp_millis();
        let mut result = Vec::new();
        for _ in 0..count {
            ms = next(expression, zone, ms).unwrap();
            result
                .push(format!("{:?}", DateTime::from_timestamp_millis(ms).unwrap()).trim_end_matches('Z').to_string());
        }
        result
    }

    #[test]
    fn fields_and_nicknames() {
        let after = "2026-01-31T23:59:30";
        assert_eq!(list("*/15 * * * *", "UTC", after, 2), ["2026-02-01T00:00:00", "2026-02-01T00:15:00"]);
        assert_eq!(list("@daily", "UTC", after, 2), ["2026-02-01T00:00:00", "2026-02-02T00:00:00"]);
        assert_eq!(list("@daily", "Asia/Tokyo", after, 1), ["2026-02-01T15:00:00"]);
        assert_eq!(list("10 * * * * *", "UTC", after, 1), ["2026-02-01T00:00:10"]);
        assert_eq!(list("0 12 L * *", "UTC", after, 2), ["2026-02-28T12:00:00", "2026-03-31T12:00:00"]);
        assert_eq!(list("0 0 * * MON#2", "UTC", after, 1), ["2026-02-09T00:00:00"]);
        // The 13th or a Friday: either is enough, as everywhere in cron.
        assert_eq!(
            list("0 0 13 * FRI", "UTC", after, 3),
            ["2026-02-06T00:00:00", "2026-02-13T00:00:00", "2026-02-20T00:00:00"]
        );
        assert_eq!(list("0 0 29 2 *", "UTC", after, 1), ["2028-02-29T00:00:00"]);
    }

    #[test]
    fn daylight_saving_in_paris() {
        // 2026-03-29 02:00 CET becomes 03:00 CEST: 02:30 is not there and runs as the gap ends.
        let spring = list("30 2 * * *", "Europe/Paris", "2026-03-28T00:00:00", 3);
        assert_eq!(spring, ["2026-03-28T01:30:00", "2026-03-29T01:00:00", "2026-03-30T00:30:00"]);
        // 2026-10-25 03:00 CEST becomes 02:00 CET: 02:30 comes twice and runs once.
        let autumn = list("30 2 * * *", "Europe/Paris", "2026-10-24T00:00:00", 3);
        assert_eq!(autumn, ["2026-10-24T00:30:00", "2026-10-25T00:30:00", "2026-10-26T01:30:00"]);
    }

    #[test]
    fn strictly_after_and_before_1970() {
        assert_eq!(next("* * * * * *", "UTC", 999), Ok(1000));
        assert_eq!(next("* * * * * *", "UTC", 1000), Ok(2000));
        assert_eq!(next("* * * * * *", "UTC", -1500), Ok(-1000));
        assert!(next("* * * * *", "UTC", i64::MAX).is_err());
        assert!(next("* * * * *", "UTC", i64::MIN).is_err());
    }

    #[test]
    fn refused() {
        for bad in [
            "",
            " ",
            "* * * *",
            "61 * * * *",
            "* * * * * * *",
            "@reboot",
            "0 0 1-",
            "99999999999 * * * *",
            "é * * * *",
            "0 0 * * 8",
            "* , * * * *",
            ", * * * *",
            "0 , * * *",
            "0 0 * ,, *",
            ", 0 0 1 1 *",
        ] {
            assert!(next(bad, "UTC", 0).is_err(), "{bad:?} was taken");
        }
        assert!(next("0 0 30 2 *", "UTC", 0).unwrap_err().contains("never"));
        assert!(next("@daily", "Mars/Olympus", 0).unwrap_err().contains("Europe/Paris"));
        assert!(next("@daily", "", 0).is_err());
        assert!(next(&"*,".repeat(200), "UTC", 0).unwrap_err().contains("at most"));
    }
}
