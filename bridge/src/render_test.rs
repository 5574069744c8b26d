// SPDX-License-Identifier: Apache-2.0
//! Tests of render.rs: what templates can do, and how each way to go wrong is told.

use super::render;
use serde_json::json;

fn one(source: &str, context: serde_json::Value) -> Result<String, String> {
    render(&json!({ "t.j2": source }).to_string(), "t.j2", &context.to_string())
}

#[test]
fn shapes() {
    let templates = json!({
        "common/m.j2": "{% macro cell(x) %}<{{ x }}>{% endmacro %}\n",
        "common/head.j2": "-- {{ title }}\n",
        "t.j2": concat!(
            "{% import \"common/m.j2\" as m %}\n{% include \"common/head.j2\" %}\n",
            "{% for r in rows %}\n{{ m.cell(r) }}{{ \",\" if not loop.last }}\n{% endfor %}\n"
        ),
    });
    let text = render(&templates.to_string(), "t.j2", r#"{"title":"T","rows":[1,"b"]}"#).unwrap();
    assert_eq!(text, "-- T\n<1>,\n<b>\n");
    for (filter, expected) in [
        ("snake_case", "order_line"),
        ("pascal_case", "OrderLine"),
        ("camel_case", "orderLine"),
        ("kebab_case", "order-line"),
        ("plural", "Order Lines"),
        ("plural|singular", "Order Line"),
        ("tojson", "\"Order Line\""),
        ("pg_ident", "\"Order Line\""),
        ("pg_literal", "'Order Line'"),
        ("sql_comment", "Order Line"),
        ("py_string", "\"Order Line\""),
        ("py_ident", "Order_Line"),
    ] {
        assert_eq!(one(&format!("{{{{ n|{filter} }}}}"), json!({"n": "Order Line"})).unwrap(), expected);
    }
    let idents = one("{{ [n, n]|py_idents([\"x\"])|join(\",\") }}", json!({"n": "x"})).unwrap();
    assert_eq!(idents, "x_2,x_3");
    assert_eq!(one("{{ \"a\\nb\"|indent(2) }}", json!({})).unwrap(), "a\n  b");
}

#[test]
fn escaping_is_the_templates_affair() {
    assert_eq!(one("{{ x }}", json!({"x": "<\"'&>"})).unwrap(), "<\"'&>");
    let page = render(&json!({"p.html.j2": "{{ x }}"}).to_string(), "p.html.j2", r#"{"x":"<b>"}"#).unwrap();
    assert_eq!(page, "&lt;b&gt;");
}

#[test]
fn undefined_names_file_and_line() {
    let templates =
        json!({"a.j2": "x\n\n{% include \"b.j2\" %}", "b.j2": "{% for r in rows %}\n{{ r.missing }}\n{% endfor %}"});
    let message = render(&templates.to_string(), "a.j2", r#"{"rows":[{}]}"#).unwrap_err();
    assert!(message.starts_with("b.j2:2: undefined value"), "{message}");
    assert!(message.contains("from a.j2:3"), "{message}");
    assert!(one("{{ nothing }}", json!({})).unwrap_err().starts_with("t.j2:1: undefined"));
    assert!(one("{{ nothing|pg_ident }}", json!({})).is_err());
    assert!(one("{% if nothing %}{% endif %}", json!({})).is_err());
    assert!(one("\n{{ 1|no_filter }}", json!({})).unwrap_err().starts_with("t.j2:2: "));
    assert!(one("\n{% for %}", json!({})).unwrap_err().starts_with("t.j2:2: syntax"));
    assert!(one("{{ \"\"|pg_ident }}", json!({})).unwrap_err().starts_with("t.j2:1: invalid operation: pg_ident"));
}

#[test]
fn context_never_shows_in_an_error() {
    let message = one("\n{{ password }}{{ nothing }}", json!({"password": "m4rker"})).unwrap_err();
    assert!(!message.contains("m4rker"), "{message}");
}

#[test]
fn what_would_run_for_ever_ends() {
    let loops = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
    assert!(one(loops, json!({})).unwrap_err().contains("too many steps"));
    assert!(one("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", json!({})).is_err());
    assert!(one("{% include \"t.j2\" %}", json!({})).is_err());
    let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(one(&format!("{{{{ {deep} }}}}"), json!({})).is_err());
}

#[test]
fn hostile_text_and_bad_input() {
    assert_eq!(one("{{ x }}", json!({"x": "{{ 7*7 }}{% raw %}"})).unwrap(), "{{ 7*7 }}{% raw %}");
    assert!(one("{{ x }}", json!({"x": "a\u{0}b"})).unwrap_err().contains("NUL"));
    assert!(one("{% include \"/etc/passwd\" %}", json!({})).unwrap_err().contains("template not found"));
    assert!(render("[]", "t.j2", "{}").is_err());
    assert!(render("{\"t.j2\": 1}", "t.j2", "{}").unwrap_err().contains("not text"));
    assert!(render("{\"t.j2\": \"\"}", "u.j2", "{}").unwrap_err().contains("t.j2"));
    assert!(render("{\"t.j2\": \"\"}", "t.j2", "[1]").unwrap_err().contains("object"));
    assert!(render("{\"t.j2\": \"\"}", "t.j2", "{").is_err());
}
