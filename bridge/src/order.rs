// SPDX-License-Identifier: Apache-2.0
//! A total order of JSON values, in which 1 and 1.0 are one. It gives JSON Schema's equality (enum, const), its
//! comparison of numbers, and uniqueItems in n log n: pairwise comparison would let a long list in a request stop a
//! loop for minutes. Total matters: sorting by an order that is not may panic, and a panic ends the program.

use serde_json::{Number, Value};
use std::cmp::Ordering;

/// Beyond this, a number is a float and compared as one. Every i64 and u64 is far below.
const EXACT_MAX: f64 = 1e30;

/// The whole part and the rest; both exact.
fn parts(number: &Number) -> (f64, i128, f64) {
    if let Some(n) = number.as_i64() {
        return (0.0, n.into(), 0.0);
    }
    if let Some(n) = number.as_u64() {
        return (0.0, n.into(), 0.0);
    }
    let float = number.as_f64().unwrap_or(0.0);
    if float.abs() > EXACT_MAX {
        return (float, 0, 0.0);
    }
    (0.0, float.trunc() as i128, float - float.trunc() + 0.0)
}

pub fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    let ((a_huge, a_whole, a_rest), (b_huge, b_whole, b_rest)) = (parts(a), parts(b));
    a_huge.total_cmp(&b_huge).then(a_whole.cmp(&b_whole)).then(a_rest.total_cmp(&b_rest))
}

pub fn is_whole(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

pub fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => compare_numbers(a, b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let first = a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
            first.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => {
            // Members are kept sorted by name, so equal objects meet member by member.
            let members =
                a.iter().zip(b).map(|((a_name, a), (b_name, b))| a_name.cmp(b_name).then_with(|| compare(a, b)));
            members.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

pub fn equal(a: &Value, b: &Value) -> bool {
    compare(a, b).is_eq()
}

/// True when no two items are equal.
pub fn unique(items: &[Value]) -> bool {
    let mut sorted: Vec<&Value> = items.iter().collect();
    sorted.sort_unstable_by(|a, b| compare(a, b));
    sorted.windows(2).all(|pair| !matches!(pair, [a, b] if equal(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// Every pair and every triple of awkward values keeps the rules of a total order.
    #[test]
    fn total() {
        let texts = [
            "null",
            "true",
            "false",
            "0",
            "-0.0",
            "1",
            "1.0",
            "-1.5",
            "-1",
            "-0.5",
            "0.5",
            "9007199254740992",
            "9007199254740993",
            "9007199254740992.0",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "1e29",
            "1e31",
            "-1e31",
            "1e308",
            "-1e308",
            "5e-324",
            "-5e-324",
            "\"\"",
            "\"a\"",
            "[]",
            "[1]",
            "[1.0,2]",
            "{}",
            "{\"a\":1}",
            "{\"a\":1.0,\"b\":2}",
            "{\"b\":2}",
        ];
        let values: Vec<Value> = texts.iter().map(|text| value(text)).collect();
        for a in &values {
            assert!(equal(a, a));
            for b in &values {
                assert_eq!(compare(a, b), compare(b, a).reverse(), "{a} {b}");
                for c in &values {
                    if compare(a, b).is_le() && compare(b, c).is_le() {
                        assert!(compare(a, c).is_le(), "{a} {b} {c}");
                    }
                }
            }
        }
    }

    #[test]
    fn numbers() {
        assert!(equal(&value("1"), &value("1.0")) && equal(&value("0"), &value("-0.0")));
        assert!(equal(&value("{\"a\":[1,2]}"), &value("{\"a\":[1.0,2.0]}")));
        assert!(!equal(&value("9007199254740993"), &value("9007199254740992.0")));
        assert!(!equal(&value("false"), &value("0")) && !equal(&value("\"1\""), &value("1")));
        let many: Vec<Value> = (0..200_000).map(Value::from).collect();
        assert!(unique(&many));
        assert!(!unique(&[value("1"), value("[1]"), value("1.0")]));
    }
}
