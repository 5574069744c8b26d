// SPDX-License-Identifier: Apache-2.0
//! Tests of schema.rs and schema_check.rs: the public test suite, the messages, and what is refused.

use super::{check, parse, valid};
use crate::schema::Schema;
use serde_json::{json, Value};
use std::path::Path;

fn compile(schema: Value) -> Result<Schema, String> {
    Schema::compile(&schema.to_string())
}

fn refused(schema: Value) -> String {
    compile(schema.clone()).err().unwrap_or_else(|| panic!("{schema} was taken"))
}

fn errors(schema: Value, instance: Value) -> Vec<(String, String)> {
    let text = check(&compile(schema).unwrap(), &instance).unwrap_or_else(|| "[]".into());
    let list: Vec<Value> = serde_json::from_str(&text).unwrap();
    let field = |error: &Value, name: &str| error[name].as_str().unwrap().to_string();
    list.iter().map(|error| (field(error, "path"), field(error, "message"))).collect()
}

/// Groups of the suite that need a keyword we refuse are passed over; how many of each file run is part of the test.
#[test]
fn public_suite() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut ran = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "json")) {
        let name = file.file_stem().unwrap().to_str().unwrap().to_string();
        let groups: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let (mut taken, mut tests) = (0, 0);
        for group in &groups {
            let schema = match compile(group["schema"].clone()) {
                Ok(schema) => schema,
                Err(message) => {
                    let known = ["is not checked here", "is neither \"#\" nor", "Unicode character classes"];
                    assert!(known.iter().any(|k| message.contains(k)), "{name}: {}: {message}", group["description"]);
                    continue;
                }
            };
            taken += 1;
            for test in group["tests"].as_array().unwrap() {
                tests += 1;
                let data = parse(test["data"].to_string().as_bytes()).unwrap();
                let expected = test["valid"].as_bool().unwrap();
                let place = format!("{name}: {}: {}", group["description"], test["description"]);
                assert_eq!(valid(&schema, schema.root, &data), expected, "{place}");
                assert_eq!(check(&schema, &data).is_none(), expected, "{place}");
                assert_ne!(check(&schema, &data).as_deref(), Some("[]"), "{place}: invalid without a reason");
            }
        }
        ran.push(format!("{name} {taken}/{} {tests}", groups.len()));
    }
    let expected = include_str!("../tests/suite/expected.txt");
    assert_eq!(ran.join("\n"), expected.trim_end(), "the suite ran differently: mend or renew expected.txt");
}

#[test]
fn messages_say_where_and_what() {
    let schema = json!({
        "type": "object", "required": ["source", "batch"], "additionalProperties": false,
        "properties": {
            "source": {"type": "string", "minLength": 1},
            "batch": {"type": "integer", "minimum": 1},
            "a/b~c": {"type": "array", "items": {"enum": ["x", 2]}, "maxItems": 2},
        }
    });
    let found = errors(schema, json!({"source": "", "a/b~c": ["x", 3, "q"], "sorce": 1}));
    let expected = [
        ("/a~1b~0c/1", "must be one of [\"x\",2]"),
        ("/a~1b~0c/2", "must be one of [\"x\",2]"),
        ("/a~1b~0c", "must have at most 2 items"),
        ("/sorce", "is not known; known are: a/b~c, batch, source"),
        ("/source", "must have 1 or more characters"),
        ("", "\"batch\" is missing"),
    ];
    assert_eq!(found, expected.map(|(path, message)| (path.to_string(), message.to_string())));
    assert_eq!(
        errors(json!({"type": ["integer", "null"]}), json!("m4rker"))[0].1,
        "must be null or integer, is string"
    );
    let forms = json!({"oneOf": [{"required": ["a"]}, {"properties": {"b": {"const": 1}}, "required": ["b"]}]});
    let message = &errors(forms, json!({"b": 2}))[0].1;
    assert_eq!(message, "fits none of the 2 forms it may have: (1) \"a\" is missing; (2) /b must be 1");
}

#[test]
fn messages_have_limits_and_no_values() {
    let schema = json!({"items": {"type": "integer", "maxLength": 3, "pattern": "^a"}, "additionalProperties": false});
    assert_eq!(errors(schema.clone(), json!(vec!["m4rker"; 1000])).len(), 20);
    let text = check(&compile(schema.clone()).unwrap(), &json!(["m4rker"])).unwrap();
    assert!(!text.contains("m4rker"));
    let long = json!({"x".repeat(100_000): 1});
    assert!(check(&compile(schema).unwrap(), &long).unwrap().len() < 300);
}

#[test]
fn refused_schemas_say_why() {
    assert!(refused(json!({"properties": {"a": {"format": "uuid"}}})).contains("#/properties/a/format"));
    assert!(refused(json!({"$defs": {"unused": {"if": true}}})).contains("\"if\""));
    assert!(refused(json!({"$ref": "http://example.com/s.json"})).contains("neither"));
    assert!(refused(json!({"$ref": "file:///etc/passwd"})).contains("neither"));
    assert!(refused(json!({"$ref": "#/$defs/none"})).contains("there is no"));
    assert!(refused(json!({"$ref": "#"})).contains("back to itself"));
    let circle = json!({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}});
    assert!(refused(circle).contains("back to itself"));
    assert!(refused(json!({"pattern": "("})).contains("#/pattern"));
    assert!(refused(json!({"type": "float"})).contains("float"));
    assert!(refused(json!({"minLength": -1})).contains("0 or more"));
    assert!(refused(json!({"$schema": "http://json-schema.org/draft-07/schema#"})).contains("2020-12"));
    for bad in [
        json!(1),
        json!([]),
        json!({"items": 3}),
        json!({"required": [1]}),
        json!({"anyOf": []}),
        json!({"properties": []}),
    ] {
        refused(bad);
    }
    assert!(Schema::compile("{").is_err());
    assert!(Schema::compile(&" ".repeat(300 << 10)).is_err());
    assert!(compile(json!({"x-argosy": {"anything": [1]}, "title": "t", "default": 3})).is_ok());
}

#[test]
fn recursion_goes_as_deep_as_the_instance() {
    let tree = json!({"type": "object", "properties": {"child": {"$ref": "#"}}, "additionalProperties": false});
    let schema = compile(tree).unwrap();
    let nested = |depth: usize| format!("{}{{}}{}", "{\"child\":".repeat(depth - 1), "}".repeat(depth - 1));
    assert!(check(&schema, &parse(nested(64).as_bytes()).unwrap()).is_none());
    assert!(parse(nested(65).as_bytes()).unwrap_err().contains("deeper than 64"));
    assert!(parse("[".repeat(1_000_000).as_bytes()).unwrap_err().contains("deeper"));
    assert!(parse(b"[\"[[[[\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]").is_ok());
}

#[test]
fn garbage_is_not_json() {
    for bad in [
        &b""[..],
        b"{",
        b"nul",
        b"{\"a\":1}x",
        b"\xff",
        b"\"\xc3\"",
        b"{'a':1}",
        b"[1,]",
        b"1e999",
        b"NaN",
        b"\"\n\"",
        b"\"\\ud800\"",
    ] {
        assert!(parse(bad).is_err(), "{bad:?} was taken");
    }
}
