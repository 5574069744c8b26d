// SPDX-License-Identifier: Apache-2.0
//! The C side of the bridge: JSON in, text out. bridge.h is its contract and says who owns what.
//!
//! Every function turns its C texts into Rust ones, calls one module, and hands back a text that the caller frees.
//! Nothing here may panic on input: a panic aborts the program. So there is no unwrap, no index out of range and no
//! slice by guessed byte below this line, and each module has limits on what it takes.
//!
//! - render: Jinja2 templates (filters in case, plural, escape, sql, sqlalchemy)
//! - schema, schema_check: JSON Schema, our own subset of draft 2020-12
//! - cron: the next time of a cron expression in a time zone

mod case;
mod cron;
mod escape;
mod order;
mod plural;
mod render;
mod schema;
mod schema_check;
mod sql;
mod sqlalchemy;

use std::ffi::{c_char, c_int, c_longlong, CStr, CString};

/// What bridge_schema_check() answers.
const VALID: c_int = 0;
const INVALID: c_int = 1;
const NOT_JSON: c_int = 2;

/// A compiled schema; C sees an opaque struct.
#[allow(non_camel_case_types)]
pub struct bridge_schema(schema::Schema);

/// A text from C. `what` names it in the error.
///
/// # Safety
/// `text` is NULL or NUL-terminated and lives as long as the call.
unsafe fn text_in<'a>(text: *const c_char, what: &str) -> Result<&'a str, String> {
    if text.is_null() {
        return Err(format!("{what} is missing"));
    }
    CStr::from_ptr(text).to_str().map_err(|_| format!("{what} is not UTF-8"))
}

/// Hands a text to C. A NUL inside can't cross; messages may hold one from hostile input, so it is made visible.
unsafe fn text_out(ret_text: *mut *mut c_char, text: String) {
    if ret_text.is_null() {
        return;
    }
    let text = if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
    *ret_text = CString::new(text).map_or(std::ptr::null_mut(), CString::into_raw);
}

/// 0 and the text, or 1 and the message.
unsafe fn answer(ret_text: *mut *mut c_char, result: Result<String, String>) -> c_int {
    match result {
        Ok(text) => {
            text_out(ret_text, text);
            0
        }
        Err(message) => {
            text_out(ret_text, message);
            1
        }
    }
}

/// # Safety
/// See bridge.h: texts are NUL-terminated or NULL, `ret_text` can be written.
#[no_mangle]
pub unsafe extern "C" fn bridge_render(
    templates_json: *const c_char,
    name: *const c_char,
    context_json: *const c_char,
    ret_text: *mut *mut c_char,
) -> c_int {
    let result = (|| {
        let templates = text_in(templates_json, "the table of templates")?;
        let name = text_in(name, "the template's name")?;
        render::render(templates, name, text_in(context_json, "the template's context")?)
    })();
    answer(ret_text, result)
}

/// # Safety
/// See bridge.h. On success `ret_schema` is new, to be given to bridge_schema_destroy().
#[no_mangle]
pub unsafe extern "C" fn bridge_schema_compile(
    schema_json: *const c_char,
    ret_schema: *mut *mut bridge_schema,
    ret_text: *mut *mut c_char,
) -> c_int {
    match text_in(schema_json, "the schema").and_then(schema::Schema::compile) {
        Ok(schema) => {
            *ret_schema = Box::into_raw(Box::new(bridge_schema(schema)));
            if !ret_text.is_null() {
                *ret_text = std::ptr::null_mut();
            }
            0
        }
        Err(message) => {
            *ret_schema = std::ptr::null_mut();
            answer(ret_text, Err(message))
        }
    }
}

/// # Safety
/// See bridge.h: `schema` comes from bridge_schema_compile(), `instance` has `instance_size` bytes.
#[no_mangle]
pub unsafe extern "C" fn bridge_schema_check(
    schema: *const bridge_schema,
    instance: *const c_char,
    instance_size: usize,
    ret_text: *mut *mut c_char,
) -> c_int {
    if !ret_text.is_null() {
        *ret_text = std::ptr::null_mut();
    }
    let bytes = match instance.is_null() {
        true => &[][..],
        false => std::slice::from_raw_parts(instance.cast::<u8>(), instance_size),
    };
    let (code, text) = match schema.as_ref() {
        None => (NOT_JSON, "the schema is missing".to_string()),
        Some(schema) => match schema_check::parse(bytes) {
            Err(message) => (NOT_JSON, message),
            Ok(value) => match schema_check::check(&schema.0, &value) {
                None => return VALID,
                Some(errors) => (INVALID, errors),
            },
        },
    };
    text_out(ret_text, text);
    code
}

/// # Safety
/// `schema` is NULL or comes from bridge_schema_compile(), once.
#[no_mangle]
pub unsafe extern "C" fn bridge_schema_destroy(schema: *mut bridge_schema) -> *mut bridge_schema {
    if !schema.is_null() {
        drop(Box::from_raw(schema));
    }
    std::ptr::null_mut()
}

/// # Safety
/// See bridge.h.
#[no_mangle]
pub unsafe extern "C" fn bridge_cron_next(
    expression: *const c_char,
    timezone: *const c_char,
    after_unix_ms: c_longlong,
    ret_unix_ms: *mut c_longlong,
    ret_text: *mut *mut c_char,
) -> c_int {
    let result = (|| {
        let expression = text_in(expression, "the cron expression")?;
        cron::next(expression, text_in(timezone, "the time zone")?, after_unix_ms)
    })();
    match result {
        Ok(unix_ms) => {
            *ret_unix_ms = unix_ms;
            if !ret_text.is_null() {
                *ret_text = std::ptr::null_mut();
            }
            0
        }
        Err(message) => answer(ret_text, Err(message)),
    }
}

/// # Safety
/// `text` is NULL or a text of this library, freed once.
#[no_mangle]
pub unsafe extern "C" fn bridge_text_free(text: *mut c_char) {
    if !text.is_null() {
        drop(CString::from_raw(text));
    }
}
