// SPDX-License-Identifier: Apache-2.0
//! Checks a JSON value against a compiled schema.
//!
//! Happy path: one walk that asks only yes or no and allocates nothing. When the answer is no, a second walk collects
//! what is wrong, at most ERRORS_MAX, each with the JSON pointer of the value. Messages hold the schema's words and
//! the names of properties, never a value of the instance: that may be a secret.

use crate::order;
use crate::schema::{Keyword, NodeId, Others, Schema, TYPES};
use serde_json::{json, Number, Value};

const ERRORS_MAX: usize = 20;
const DEPTH_MAX: usize = 64;
const NAME_MAX: usize = 100;

/// Reads JSON whose depth has a limit. A name that stands twice in an object counts as it stands last.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let (mut depth, mut text, mut skip) = (0_usize, false, false);
    for byte in bytes {
        match (text, byte) {
            _ if skip => skip = false,
            (true, b'\\') => skip = true,
            (_, b'"') => text = !text,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => (),
        }
        if depth > DEPTH_MAX {
            return Err(format!("not taken: nested deeper than {DEPTH_MAX}"));
        }
    }
    serde_json::from_slice(bytes).map_err(|e| format!("not JSON: {e}"))
}

/// None when the value is valid, else the JSON list of what is wrong.
pub fn check(schema: &Schema, value: &Value) -> Option<String> {
    if valid(schema, schema.root, value) {
        return None;
    }
    let mut report = Report { schema, path: Vec::new(), errors: Vec::new() };
    report.walk(schema.root, value);
    Some(Value::Array(report.errors).to_string())
}

fn keywords(schema: &Schema, node: NodeId) -> &[Keyword] {
    schema.nodes.get(node).map_or(&[], Vec::as_slice)
}

fn type_mask(value: &Value) -> u8 {
    match value {
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Number(number) if order::is_whole(number) => 4 | 8,
        Value::Number(_) => 8,
        Value::String(_) => 16,
        Value::Array(_) => 32,
        Value::Object(_) => 64,
    }
}

fn within(keyword: &Keyword, number: &Number) -> bool {
    match keyword {
        Keyword::Minimum(limit) => order::compare_numbers(number, limit).is_ge(),
        Keyword::Maximum(limit) => order::compare_numbers(number, limit).is_le(),
        Keyword::ExclusiveMinimum(limit) => order::compare_numbers(number, limit).is_gt(),
        Keyword::ExclusiveMaximum(limit) => order::compare_numbers(number, limit).is_lt(),
        _ => true,
    }
}

fn valid(schema: &Schema, node: NodeId, value: &Value) -> bool {
    keywords(schema, node).iter().all(|keyword| keyword_valid(schema, keyword, value))
}

fn keyword_valid(schema: &Schema, keyword: &Keyword, value: &Value) -> bool {
    match (keyword, value) {
        (Keyword::Never, _) => false,
        (Keyword::Type(mask), _) => mask & type_mask(value) != 0,
        (Keyword::Enum(list), _) => list.iter().any(|item| order::equal(item, value)),
        (Keyword::Const(only), _) => order::equal(only, value),
        (Keyword::AllOf(list), _) => list.iter().all(|id| valid(schema, *id, value)),
        (Keyword::AnyOf(list), _) => list.iter().any(|id| valid(schema, *id, value)),
        (Keyword::OneOf(list), _) => list.iter().filter(|id| valid(schema, **id, value)).take(2).count() == 1,
        (Keyword::Not(id), _) => !valid(schema, *id, value),
        (Keyword::Ref(id), _) => valid(schema, *id, value),
        (Keyword::Properties(known, others), Value::Object(members)) => {
            members.iter().all(|(name, member)| match (known.get(name), others) {
                (Some(id), _) | (None, Others::Each(id)) => valid(schema, *id, member),
                (None, Others::Any) => true,
                (None, Others::None) => false,
            })
        }
        (Keyword::Required(names), Value::Object(members)) => names.iter().all(|name| members.contains_key(name)),
        (Keyword::MinProperties(count), Value::Object(members)) => members.len() >= *count,
        (Keyword::MaxProperties(count), Value::Object(members)) => members.len() <= *count,
        (Keyword::Items(id), Value::Array(items)) => items.iter().all(|item| valid(schema, *id, item)),
        (Keyword::MinItems(count), Value::Array(items)) => items.len() >= *count,
        (Keyword::MaxItems(count), Value::Array(items)) => items.len() <= *count,
        (Keyword::UniqueItems, Value::Array(items)) => order::unique(items),
        (Keyword::MinLength(count), Value::String(text)) => {
            text.chars().nth(count.wrapping_sub(1)).is_some() || *count == 0
        }
        (Keyword::MaxLength(count), Value::String(text)) => text.len() <= *count || text.chars().nth(*count).is_none(),
        (Keyword::Pattern(regex), Value::String(text)) => regex.is_match(text),
        (_, Value::Number(number)) => within(keyword, number),
        _ => true, // the keyword says nothing about values of this type
    }
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

struct Report<'a> {
    schema: &'a Schema,
    path: Vec<Step<'a>>,
    errors: Vec<Value>,
}

/// A name as a message may show it.
fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(NAME_MAX).collect();
    if text.len() < name.len() {
        text.push('…');
    }
    text
}

fn type_names(mask: u8) -> String {
    // An integer is a number too: of a value's types the first is said.
    TYPES.iter().filter(|(_, bit)| mask & bit != 0).map(|(name, _)| *name).collect::<Vec<_>>().join(" or ")
}

impl<'a> Report<'a> {
    fn full(&self) -> bool {
        self.errors.len() >= ERRORS_MAX
    }

    fn add(&mut self, message: String) {
        if self.full() {
            return;
        }
        let path: String = self
            .path
            .iter()
            .map(|step| match step {
                Step::Name(name) => format!("/{}", shown(name).replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => format!("/{index}"),
            })
            .collect();
        self.errors.push(json!({ "path": path, "message": message }));
    }

    fn walk(&mut self, node: NodeId, value: &'a Value) {
        for keyword in keywords(self.schema, node) {
            if self.full() {
                return;
            }
            if !keyword_valid(self.schema, keyword, value) {
                self.explain(keyword, value);
                if matches!(keyword, Keyword::Type(_)) {
                    return; // the rest would only repeat it
                }
            }
        }
    }

    fn into(&mut self, step: Step<'a>, node: NodeId, value: &'a Value) {
        if self.full() {
            return;
        }
        self.path.push(step);
        self.walk(node, value);
        self.path.pop();
    }

    /// The keyword is not met: goes down to where, or says what it asks for.
    fn explain(&mut self, keyword: &Keyword, value: &'a Value) {
        match (keyword, value) {
            (Keyword::Properties(known, others), Value::Object(members)) => {
                for (name, member) in members {
                    match (known.get(name), others) {
                        (Some(id), _) | (None, Others::Each(id)) => self.into(Step::Name(name), *id, member),
                        (None, Others::Any) => (),
                        (None, Others::None) => {
                            let names: Vec<&str> = known.keys().map(String::as_str).collect();
                            self.path.push(Step::Name(name));
                            self.add(format!("is not known; known are: {}", names.join(", ")));
                            self.path.pop();
                        }
                    }
                }
            }
            (Keyword::Required(names), Value::Object(members)) => {
                for name in names.iter().filter(|name| !members.contains_key(name.as_str())) {
                    self.add(format!("{name:?} is missing"));
                }
            }
            (Keyword::Items(id), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.into(Step::Index(index), *id, item);
                }
            }
            (Keyword::AllOf(list), _) => {
                for id in list {
                    self.walk(*id, value);
                }
            }
            (Keyword::Ref(id), _) => self.walk(*id, value),
            (Keyword::AnyOf(list), _) => self.forms(list, value),
            (Keyword::OneOf(list), _) => match list.iter().any(|id| valid(self.schema, *id, value)) {
                true => self.add("fits more than one of the forms it may have".into()),
                false => self.forms(list, value),
            },
            _ => self.add(asked(keyword, value)),
        }
    }

    /// No form fits: says for the first few what each misses.
    fn forms(&mut self, list: &[NodeId], value: &'a Value) {
        let mut reasons = Vec::new();
        for (i, id) in list.iter().enumerate().take(4) {
            let mut form = Report { schema: self.schema, path: Vec::new(), errors: Vec::new() };
            form.walk(*id, value);
            let text =
                |error: &Value, name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
            if let Some(error) = form.errors.first() {
                reasons
                    .push(format!("({}) {} {}", i + 1, text(error, "path"), text(error, "message")).replace("  ", " "));
            }
        }
        self.add(format!("fits none of the {} forms it may have: {}", list.len(), reasons.join("; ")));
    }
}

/// What a keyword of one value asks for.
fn asked(keyword: &Keyword, value: &Value) -> String {
    match keyword {
        Keyword::Never => "is not allowed".into(),
        Keyword::Type(mask) => {
            let found = TYPES.iter().find(|(_, bit)| type_mask(value) & bit != 0).map_or("", |(name, _)| name);
            format!("must be {}, is {found}", type_names(*mask))
        }
        Keyword::Enum(list) => format!("must be one of {}", Value::Array(list.clone())),
        Keyword::Const(only) => format!("must be {only}"),
        Keyword::MinProperties(count) => format!("must have {count} or more properties"),
        Keyword::MaxProperties(count) => format!("must have at most {count} properties"),
        Keyword::MinItems(count) => format!("must have {count} or more items"),
        Keyword::MaxItems(count) => format!("must have at most {count} items"),
        Keyword::UniqueItems => "must not hold an item twice".into(),
        Keyword::MinLength(count) => format!("must have {count} or more characters"),
        Keyword::MaxLength(count) => format!("must have at most {count} characters"),
        Keyword::Pattern(regex) => format!("must match {}", regex.as_str()),
        Keyword::Minimum(limit) => format!("must be {limit} or more"),
        Keyword::Maximum(limit) => format!("must be {limit} or less"),
        Keyword::ExclusiveMinimum(limit) => format!("must be more than {limit}"),
        Keyword::ExclusiveMaximum(limit) => format!("must be less than {limit}"),
        _ => "is not allowed here".into(),
    }
}

#[cfg(test)]
#[path = "schema_test.rs"]
mod tests;
