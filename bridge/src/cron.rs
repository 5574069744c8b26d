// SPDX-License-Identifier: Apache-2.0
//! The next time of a cron expression, in a time zone of the IANA database that is compiled in (chrono-tz).
//!
//! Five fields, or six with seconds first, or @hourly, @daily and so on. A time that the spring change skips runs
//! right after the gap; one that the autumn change repeats runs once. Time is an argument: nothing here asks a clock.
//!
//! Beside the calendar: "@every 168h", a distance in s, m, h, d or w, counted from 1970 in UTC or from the moment after
//! "from", which is also its first tick. Whoever makes many of them spreads them by that moment.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::Cron;
use std::cell::RefCell;
use std::str::FromStr;

const EXPRESSION_MAX: usize = 200;
const EVERY_MAX_S: i64 = 10 * 366 * 86_400;

enum Ticks {
    Calendar(Box<Cron>, Tz),
    /// Each `distance_s` from `first_s` on.
    Every {
        distance_s: i64,
        first_s: i64,
    },
}

struct Schedule {
    expression: String,
    timezone: String,
    ticks: Ticks,
}

thread_local! {
    /// The one asked for last: who walks along a schedule asks for its next time thousands of times in a row, and
    /// reading the expression takes longer than the step.
    static LAST: RefCell<Option<Schedule>> = const { RefCell::new(None) };
}

fn read_distance(text: &str) -> Option<i64> {
    let unit_s = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i64>().ok()?.checked_mul(unit_s).filter(|s| (1..=EVERY_MAX_S).contains(s))
}

fn read_every(expression: &str) -> Option<Ticks> {
    let words: Vec<&str> = expression.split_ascii_whitespace().collect();
    let (distance, first_s) = match words[..] {
        ["@every", distance] => (distance, i64::MIN),
        ["@every", distance, "from", first] => (distance, DateTime::parse_from_rfc3339(first).ok()?.timestamp()),
        _ => return None,
    };
    Some(Ticks::Every { distance_s: read_distance(distance)?, first_s })
}

fn read(expression: &str, timezone: &str) -> Result<Schedule, String> {
    if expression.len() > EXPRESSION_MAX {
        return Err(format!("a cron expression has at most {EXPRESSION_MAX} bytes"));
    }
    let zone = Tz::from_str(timezone).map_err(|_| {
        format!("unknown time zone {timezone:?}: use a name of the IANA database, like Europe/Paris or UTC")
    })?;
    if expression.trim_start().starts_with("@every") {
        let ticks = read_every(expression).ok_or_else(|| {
            format!(
                "{expression:?}: write \"@every 168h\" or \"@every 168h from 2026-01-01T03:20:00Z\"; units are \
                 s, m, h, d, w, at most ten years"
            )
        })?;
        return Ok(Schedule { expression: expression.to_string(), timezone: timezone.to_string(), ticks });
    }
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
    let ticks = Ticks::Calendar(Box::new(cron), zone);
    Ok(Schedule { expression: expression.to_string(), timezone: timezone.to_string(), ticks })
}

/// The first multiple after a time; i64::MIN as the first one stands for "since ever, counted from 1970".
fn step_every(distance_s: i64, first_s: i64, after_s: i64) -> i64 {
    if after_s < first_s {
        return first_s;
    }
    let origin_s = if first_s == i64::MIN { 0 } else { first_s };
    origin_s + ((after_s - origin_s).div_euclid(distance_s) + 1) * distance_s
}

fn step(schedule: &Schedule, after_unix_ms: i64) -> Result<i64, String> {
    // Occurrences are whole seconds, so the first one after the second we are in is the first one after the
    // millisecond.
    let after: DateTime<Utc> = DateTime::from_timestamp(after_unix_ms.div_euclid(1000), 0)
        .ok_or_else(|| format!("{after_unix_ms} ms is no time that a calendar has"))?;
    let expression = &schedule.expression;
    let (cron, zone) = match &schedule.ticks {
        Ticks::Every { distance_s, first_s } => {
            return Ok(step_every(*distance_s, *first_s, after.timestamp()) * 1000);
        }
        Ticks::Calendar(cron, zone) => (cron, zone),
    };
    match cron.find_next_occurrence(&after.with_timezone(zone), false) {
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
    fn every_so_often() {
        let after = "2026-01-31T23:59:30";
        assert_eq!(list("@every 12h", "UTC", after, 2), ["2026-02-01T00:00:00", "2026-02-01T12:00:00"]);
        assert_eq!(
            list("@every 90s", "Asia/Tokyo", "1970-01-01T00:00:00", 2),
            ["1970-01-01T00:01:30", "1970-01-01T00:03:00"]
        );
        let week = "@every 168h from 2026-02-03T03:20:07Z";
        assert_eq!(list(week, "UTC", after, 2), ["2026-02-03T03:20:07", "2026-02-10T03:20:07"]);
        assert_eq!(list(week, "UTC", "2026-02-03T03:20:07", 1), ["2026-02-10T03:20:07"]);
        for bad in [
            "@every",
            "@every 0h",
            "@every h",
            "@every -1h",
            "@every 1y",
            "@every 1h from yesterday",
            "@every 99999w",
            "@everything",
            "@every 99999999999999999999h",
            "@every 1h from 2026-02-03T03:20:07Z twice",
        ] {
            assert!(next(bad, "UTC", 0).unwrap_err().contains("@every"), "{bad}");
        }
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
