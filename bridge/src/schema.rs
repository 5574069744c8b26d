// SPDX-License-Identifier: Apache-2.0
//! Compiles a JSON Schema (draft 2020-12) into a list of nodes that schema_check.rs walks.
//!
//! The keywords that job kinds use, and no more: a keyword that is not listed in `keyword()` or ANNOTATIONS is
//! refused here, so that nobody writes a rule which nothing checks. $ref knows "#" and "#/$defs/NAME"; nothing is
//! ever fetched or read. A $ref that comes back to itself without going deeper into the instance would never end and
//! is refused too.

use crate::schema_check::parse;
use regex_lite::Regex;
use serde_json::{Map, Number, Value};
use std::collections::{BTreeMap, HashMap};

const SCHEMA_MAX: usize = 256 << 10;
/// How many of $ref, allOf, anyOf, oneOf and not may lead from one to the next on the same value.
const CHAIN_MAX: usize = 64;

/// Said about a value, but never checked. Besides these, everything that begins with x-.
const ANNOTATIONS: &[&str] =
    &["title", "description", "default", "examples", "$comment", "$schema", "deprecated", "readOnly", "writeOnly"];

pub const TYPES: &[(&str, u8)] =
    &[("null", 1), ("boolean", 2), ("integer", 4), ("number", 8), ("string", 16), ("array", 32), ("object", 64)];

pub type NodeId = usize;

/// What properties that are not listed may be.
pub enum Others {
    Any,
    None,
    Each(NodeId),
}

pub enum Keyword {
    Never,
    Type(u8),
    Enum(Vec<Value>),
    Const(Value),
    Properties(BTreeMap<String, NodeId>, Others),
    Required(Vec<String>),
    MinProperties(usize),
    MaxProperties(usize),
    Items(NodeId),
    MinItems(usize),
    MaxItems(usize),
    UniqueItems,
    MinLength(usize),
    MaxLength(usize),
    Pattern(Regex),
    Minimum(Number),
    Maximum(Number),
    ExclusiveMinimum(Number),
    ExclusiveMaximum(Number),
    AllOf(Vec<NodeId>),
    AnyOf(Vec<NodeId>),
    OneOf(Vec<NodeId>),
    Not(NodeId),
    Ref(NodeId),
}

pub struct Schema {
    pub nodes: Vec<Vec<Keyword>>,
    pub root: NodeId,
}

struct Compiler<'a> {
    root: &'a Value,
    nodes: Vec<Vec<Keyword>>,
    seen: HashMap<String, NodeId>, // by JSON pointer: $ref and the place itself share a node
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn texts(at: &str, value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or_else(|| format!("{at} is a list of names"))?;
    list.iter()
        .map(|item| item.as_str().map(str::to_string).ok_or_else(|| format!("{at} is a list of names")))
        .collect()
}

fn count(at: &str, value: &Value) -> Result<usize, String> {
    let whole = value
        .as_u64()
        .or_else(|| value.as_f64().filter(|f| f.fract() == 0.0 && (0.0..1e15).contains(f)).map(|f| f as u64));
    whole.and_then(|n| usize::try_from(n).ok()).ok_or_else(|| format!("{at} is a whole number, 0 or more"))
}

fn number(at: &str, value: &Value) -> Result<Number, String> {
    value.as_number().cloned().ok_or_else(|| format!("{at} is a number"))
}

fn types(at: &str, value: &Value) -> Result<u8, String> {
    let names = match value {
        Value::String(name) => vec![name.clone()],
        _ => texts(at, value)?,
    };
    let mut mask = 0;
    for name in names {
        let (_, bit) =
            TYPES.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("{at}: there is no type {name:?}"))?;
        mask |= bit;
    }
    Ok(mask)
}

impl<'a> Compiler<'a> {
    /// The node of the schema at `at`, made when it is not there yet.
    fn node(&mut self, at: &str, value: &'a Value) -> Result<NodeId, String> {
        if let Some(id) = self.seen.get(at) {
            return Ok(*id);
        }
        let id = self.nodes.len();
        self.seen.insert(at.to_string(), id);
        self.nodes.push(Vec::new());
        let keywords = match value {
            Value::Bool(true) => Vec::new(),
            Value::Bool(false) => vec![Keyword::Never],
            Value::Object(members) => self.keywords(at, members)?,
            _ => return Err(format!("{at} is no schema: a schema is an object or a boolean")),
        };
        if let Some(place) = self.nodes.get_mut(id) {
            *place = keywords;
        }
        Ok(id)
    }

    fn keywords(&mut self, at: &str, members: &'a Map<String, Value>) -> Result<Vec<Keyword>, String> {
        let mut result = Vec::new();
        if members.contains_key("properties") || members.contains_key("additionalProperties") {
            result.push(self.properties(at, members)?);
        }
        for (name, value) in members {
            if let Some(keyword) = self.keyword(&format!("{at}/{}", escaped(name)), name, value)? {
                result.push(keyword);
            }
        }
        // The type first: its message is the one that helps.
        result.sort_by_key(|keyword| !matches!(keyword, Keyword::Type(_)));
        Ok(result)
    }

    fn keyword(&mut self, at: &str, name: &str, value: &'a Value) -> Result<Option<Keyword>, String> {
        Ok(Some(match name {
            "type" => Keyword::Type(types(at, value)?),
            "enum" => Keyword::Enum(value.as_array().cloned().ok_or_else(|| format!("{at} is a list"))?),
            "const" => Keyword::Const(value.clone()),
            "required" => Keyword::Required(texts(at, value)?),
            "minProperties" => Keyword::MinProperties(count(at, value)?),
            "maxProperties" => Keyword::MaxProperties(count(at, value)?),
            "items" => Keyword::Items(self.node(at, value)?),
            "minItems" => Keyword::MinItems(count(at, value)?),
            "maxItems" => Keyword::MaxItems(count(at, value)?),
            "uniqueItems" => match value.as_bool() {
                Some(true) => Keyword::UniqueItems,
                Some(false) => return Ok(None),
                None => return Err(format!("{at} is true or false")),
            },
            "minLength" => Keyword::MinLength(count(at, value)?),
            "maxLength" => Keyword::MaxLength(count(at, value)?),
            "pattern" => {
                let pattern = value.as_str().ok_or_else(|| format!("{at} is text"))?;
                Keyword::Pattern(Regex::new(pattern).map_err(|e| format!("{at}: {e}"))?)
            }
            "minimum" => Keyword::Minimum(number(at, value)?),
            "maximum" => Keyword::Maximum(number(at, value)?),
            "exclusiveMinimum" => Keyword::ExclusiveMinimum(number(at, value)?),
            "exclusiveMaximum" => Keyword::ExclusiveMaximum(number(at, value)?),
            "allOf" => Keyword::AllOf(self.list(at, value)?),
            "anyOf" => Keyword::AnyOf(self.list(at, value)?),
            "oneOf" => Keyword::OneOf(self.list(at, value)?),
            "not" => Keyword::Not(self.node(at, value)?),
            "$ref" => Keyword::Ref(self.reference(at, value)?),
            "$defs" => {
                // Compiled although nobody may point there, so that a mistake is told.
                for (name, value) in value.as_object().ok_or_else(|| format!("{at} is an object"))? {
                    self.node(&format!("{at}/{}", escaped(name)), value)?;
                }
                return Ok(None);
            }
            "properties" | "additionalProperties" => return Ok(None), // together, in properties()
            "$schema" if value != "https://json-schema.org/draft/2020-12/schema" => {
                return Err(format!("{at}: the draft is https://json-schema.org/draft/2020-12/schema"));
            }
            "$id" if at == "#/$id" => return Ok(None), // further down it would change what "#" means
            _ if ANNOTATIONS.contains(&name) || name.starts_with("x-") => return Ok(None),
            _ => {
                return Err(format!(
                    "{at}: the keyword {name:?} is not checked here (bridge/README.md lists those that are)"
                ))
            }
        }))
    }

    fn properties(&mut self, at: &str, members: &'a Map<String, Value>) -> Result<Keyword, String> {
        let mut known = BTreeMap::new();
        if let Some(value) = members.get("properties") {
            for (name, value) in value.as_object().ok_or_else(|| format!("{at}/properties is an object"))? {
                known.insert(name.clone(), self.node(&format!("{at}/properties/{}", escaped(name)), value)?);
            }
        }
        let others = match members.get("additionalProperties") {
            None | Some(Value::Bool(true)) => Others::Any,
            Some(Value::Bool(false)) => Others::None,
            Some(value) => Others::Each(self.node(&format!("{at}/additionalProperties"), value)?),
        };
        Ok(Keyword::Properties(known, others))
    }

    fn list(&mut self, at: &str, value: &'a Value) -> Result<Vec<NodeId>, String> {
        let list =
            value.as_array().filter(|list| !list.is_empty()).ok_or_else(|| format!("{at} is a list of schemas"))?;
        list.iter().enumerate().map(|(i, value)| self.node(&format!("{at}/{i}"), value)).collect()
    }

    fn reference(&mut self, at: &str, value: &Value) -> Result<NodeId, String> {
        let root = self.root;
        let target = value.as_str().ok_or_else(|| format!("{at} is text"))?;
        if target == "#" {
            return self.node("#", root);
        }
        let name = target.strip_prefix("#/$defs/").filter(|name| !name.contains(['/', '%']));
        let name = name.ok_or_else(|| format!("{at}: {target:?} is neither \"#\" nor \"#/$defs/NAME\""))?;
        let plain = name.replace("~1", "/").replace("~0", "~");
        let value = root.get("$defs").and_then(|defs| defs.get(plain.as_str()));
        self.node(target, value.ok_or_else(|| format!("{at}: there is no {target}"))?)
    }
}

/// The nodes that a node applies to the same value.
fn in_place(node: &[Keyword]) -> impl Iterator<Item = NodeId> + '_ {
    node.iter().flat_map(|keyword| match keyword {
        Keyword::AllOf(list) | Keyword::AnyOf(list) | Keyword::OneOf(list) => list.clone(),
        Keyword::Not(id) | Keyword::Ref(id) => vec![*id],
        _ => Vec::new(),
    })
}

impl Schema {
    pub fn compile(text: &str) -> Result<Schema, String> {
        if text.len() > SCHEMA_MAX {
            return Err(format!("a schema has at most {} KiB", SCHEMA_MAX >> 10));
        }
        let value = parse(text.as_bytes()).map_err(|e| format!("the schema is not JSON: {e}"))?;
        let mut compiler = Compiler { root: &value, nodes: Vec::new(), seen: HashMap::new() };
        let root = compiler.node("#", &value)?;
        let schema = Schema { nodes: compiler.nodes, root };
        schema.chains_end()?;
        Ok(schema)
    }

    /// Longest chains first found by rounds: a node's length is one more than that of the nodes it leads to. What
    /// still grows after CHAIN_MAX rounds is a circle, or as good as one.
    fn chains_end(&self) -> Result<(), String> {
        let mut open: Vec<bool> = vec![true; self.nodes.len()];
        for _ in 0..CHAIN_MAX {
            let next: Vec<bool> =
                self.nodes.iter().map(|node| in_place(node).any(|id| open.get(id).copied().unwrap_or(false))).collect();
            if !next.contains(&true) {
                return Ok(());
            }
            open = next;
        }
        Err("a $ref leads back to itself (or $ref, allOf, anyOf, oneOf and not are nested too deep)".into())
    }
}
