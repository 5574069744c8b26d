// SPDX-License-Identifier: Apache-2.0
//! Renders a Jinja2 template with its includes, imports and macros.
//!
//! Happy path: compile the templates given, render one with the context, return the text. What is not defined is an
//! error, blocks leave no blank lines behind (trim_blocks, lstrip_blocks) and the last newline stays. Nothing is
//! escaped by itself: templates use the filters of escape.rs; only files named .html or .html.j2 escape for HTML.
//! Failure: the message begins with FILE:LINE of the innermost template. Steps, depth and output have limits, so a
//! template that would run for ever ends with an error.

use crate::{case, escape, plural, sql, sqlalchemy};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::io;

const TEMPLATES_MAX: usize = 16 << 20;
const CONTEXT_MAX: usize = 64 << 20;
const OUTPUT_MAX: usize = 256 << 20;
/// Steps of the engine: what any template may take, and what each byte of its context adds.
const FUEL: u64 = 5_000_000;
const FUEL_PER_BYTE: u64 = 64;
const DEPTH_MAX: usize = 100;

/// Output with an end.
struct Output {
    bytes: Vec<u8>,
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > OUTPUT_MAX - self.bytes.len() {
            return Err(io::Error::other(format!("the output is over {} MiB", OUTPUT_MAX >> 20)));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn environment<'a>(fuel: u64) -> Result<Environment<'a>, Error> {
    let mut env = Environment::new();
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_debug(false); // its error text would print the context, and with it somebody's data
    env.set_fuel(Some(fuel));
    env.set_recursion_limit(DEPTH_MAX);
    env.set_auto_escape_callback(|name| match name.strip_suffix(".j2").unwrap_or(name).ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    env.add_filter("snake_case", case::snake);
    env.add_filter("kebab_case", case::kebab);
    env.add_filter("pascal_case", case::pascal);
    env.add_filter("camel_case", case::camel);
    env.add_filter("plural", plural::plural);
    env.add_filter("singular", plural::singular);
    env.add_filter("pg_ident", escape::pg_ident);
    env.add_filter("pg_literal", escape::pg_literal);
    env.add_filter("pg_type", sql::pg_type);
    env.add_filter("pg_expression", sql::pg_expression);
    env.add_filter("pg_elements", sql::pg_elements);
    env.add_filter("sa_type", sqlalchemy::sa_type);
    env.add_filter("sa_text", sqlalchemy::sa_text);
    env.add_filter("sql_comment", escape::sql_comment);
    env.add_filter("py_string", escape::py_string);
    env.add_filter("py_ident", escape::py_ident);
    env.add_filter("py_idents", escape::py_idents);
    Ok(env)
}

/// FILE:LINE: what; then the chain of templates that led there.
fn explain(error: &Error) -> String {
    let mut chain = vec![error];
    let mut last = error;
    while let Some(inner) = last.source().and_then(|source| source.downcast_ref::<Error>()) {
        chain.push(inner);
        last = inner;
    }
    let place = |e: &Error| e.name().map(|name| format!("{name}:{}", e.line().unwrap_or(0)));
    let innermost = last;
    let mut text = match chain.iter().rev().find_map(|e| place(e)) {
        Some(place) => format!("{place}: {}", innermost.kind()),
        None => innermost.kind().to_string(),
    };
    if let Some(detail) = innermost.detail() {
        text.push_str(&format!(": {detail}"));
    }
    if innermost.kind() == ErrorKind::OutOfFuel {
        text.push_str(": a template takes too many steps, look for a loop that multiplies");
    }
    if let Some(outer) = innermost.source().filter(|e| !e.is::<Error>()) {
        text.push_str(&format!(": {outer}"));
    }
    for outer in chain.iter().rev().skip(1).filter_map(|e| place(e)) {
        text.push_str(&format!(", from {outer}"));
    }
    text
}

/// `templates` is a JSON object of names and sources, `context` a JSON object.
pub fn render(templates: &str, name: &str, context: &str) -> Result<String, String> {
    if templates.len() > TEMPLATES_MAX || context.len() > CONTEXT_MAX {
        let (templates, context) = (TEMPLATES_MAX >> 20, CONTEXT_MAX >> 20);
        return Err(format!("templates may have {templates} MiB and their context {context} MiB"));
    }
    let sources: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(templates).map_err(|e| format!("the table of templates is not a JSON object: {e}"))?;
    let values: serde_json::Value =
        serde_json::from_str(context).map_err(|e| format!("the template's context is not JSON: {e}"))?;
    if !values.is_object() {
        return Err("the template's context is not a JSON object".into());
    }
    if !sources.contains_key(name) {
        let names: Vec<&str> = sources.keys().map(String::as_str).collect();
        return Err(format!("no template {name:?}: there are {}", names.join(", ")));
    }

    let fuel = FUEL + FUEL_PER_BYTE * context.len() as u64;
    let mut env = environment(fuel).map_err(|e| explain(&e))?;
    for (name, source) in &sources {
        let source = source.as_str().ok_or_else(|| format!("template {name:?} is not text"))?;
        env.add_template(name, source).map_err(|e| explain(&e))?;
    }
    let template = env.get_template(name).map_err(|e| explain(&e))?;
    let mut output = Output { bytes: Vec::new() };
    template.render_captured_to(Serde(values), &mut output).map_err(|e| explain(&e))?;
    if output.bytes.contains(&0) {
        return Err(format!("{name}: the output holds a NUL character"));
    }
    String::from_utf8(output.bytes).map_err(|e| format!("{name}: {e}"))
}

#[cfg(test)]
#[path = "render_test.rs"]
mod tests;
