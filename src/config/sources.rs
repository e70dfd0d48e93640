//! The sources laid over each other: file, environment, flags; each value remembers where it came from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use figment::providers::{Format as _, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::Mistake;
use super::keys::{KEYS, known, nearest};

/// Where settings are read from; the process's own environment is handed in, so that tests hand in theirs.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A file that must exist (`--config`), or `None` for `hufu.toml` where it exists.
    pub file: Option<PathBuf>,
    /// `(variable, value)`.
    pub environment: Vec<(String, String)>,
    /// `(key, value)`.
    pub flags: Vec<(String, String)>,
}

/// A value that was set, and where.
#[derive(Clone, Debug)]
pub struct Found {
    /// As read.
    pub value: Value,
    /// `hufu.toml`, `HUFU_LISTEN`, `--listen`.
    pub origin: String,
}

impl Found {
    /// The value as one text, lists joined by commas.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.value {
            Value::String(_, text) => text.clone(),
            Value::Array(_, items) => items
                .iter()
                .map(|item| Found { value: item.clone(), origin: String::new() }.text())
                .collect::<Vec<_>>()
                .join(","),
            other => match other {
                Value::Bool(_, flag) => flag.to_string(),
                Value::Num(_, number) => number
                    .to_i128()
                    .map(|n| n.to_string())
                    .or_else(|| number.to_u128().map(|n| n.to_string()))
                    .or_else(|| number.to_f64().map(|n| n.to_string()))
                    .unwrap_or_default(),
                _ => String::new(),
            },
        }
    }
}

/// Every value by its key.
pub(super) type Laid = BTreeMap<String, Found>;

impl Sources {
    /// The sources of a real start: `hufu.toml`, the process's environment, and `flags`.
    #[must_use]
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        Self {
            file,
            environment: std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
            flags,
        }
    }

    /// What is set, and the mistakes in how it is set (unknown keys and variables).
    ///
    /// # Errors
    /// A file that can't be read as TOML.
    pub fn lay(&self) -> Result<(Laid, Vec<Mistake>), Vec<Mistake>> {
        let (path, text) = self.read_file()?;
        let mut mistakes = Vec::new();
        let figment = Figment::new()
            .merge(Named { name: path.clone(), inner: Toml::string(&text).data() })
            .merge(self.environment_layer(&mut mistakes))
            .merge(Layer { pairs: self.flags.iter().map(|(key, value)| (key.clone(), value.clone())).collect() });
        let mut laid = Laid::new();
        let data = figment.data().map_err(|error| {
            vec![Mistake {
                key: error.path.join("."),
                origin: path.clone(),
                text: format!("not readable as TOML: {}", error.kind),
            }]
        })?;
        for dict in data.values() {
            flatten("", dict, &mut |key, value| {
                let origin = self.origin_of(&key, &path);
                if known(&key).is_some() {
                    laid.insert(key, Found { value: value.clone(), origin });
                } else {
                    mistakes.push(unknown(&key, &origin));
                }
            });
        }
        Ok((laid, mistakes))
    }

    fn read_file(&self) -> Result<(String, String), Vec<Mistake>> {
        let path = self.file.clone().unwrap_or_else(|| PathBuf::from("hufu.toml"));
        let name = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok((name, text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.file.is_none() => {
                Ok((name, String::new()))
            }
            Err(error) => Err(vec![Mistake {
                key: "--config".to_owned(),
                origin: name,
                text: format!("the file can't be read: {error}"),
            }]),
        }
    }

    fn environment_layer(&self, mistakes: &mut Vec<Mistake>) -> Layer {
        let mut pairs = Vec::new();
        for (variable, value) in &self.environment {
            let Some(rest) = variable.strip_prefix("HUFU_") else { continue };
            // The test suite's own variables are not configuration.
            if rest.starts_with("TEST_") || rest.starts_with("PROPTEST_") {
                continue;
            }
            match KEYS.iter().find(|key| key.variable() == *variable) {
                Some(key) => pairs.push((key.name.to_owned(), value.clone())),
                None => mistakes.push(unknown(&rest.to_ascii_lowercase().replace("__", "."), variable)),
            }
        }
        Layer { pairs }
    }

    fn origin_of(&self, key: &str, file: &str) -> String {
        // An unknown key has an origin too, and a flag may hold a whole table: `--set tls={…}`.
        let within = |name: &str| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if let Some((name, _)) = self.flags.iter().find(|(name, _)| within(name)) {
            return format!("--set {name}");
        }
        let Some(key) = known(key) else { return file.to_owned() };
        if self.environment.iter().any(|(name, _)| *name == key.variable()) { key.variable() } else { file.to_owned() }
    }
}

fn unknown(key: &str, origin: &str) -> Mistake {
    let text = match nearest(key) {
        Some(name) => format!("there is no such key; did you mean {name}?"),
        None => "there is no such key; `hufu config show` lists them all".to_owned(),
    };
    Mistake { key: key.to_owned(), origin: origin.to_owned(), text }
}

fn flatten(prefix: &str, dict: &Dict, each: &mut dyn FnMut(String, &Value)) {
    for (name, value) in dict {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Dict(_, inner) => flatten(&key, inner, each),
            other => each(key, other),
        }
    }
}

/// Texts from variables or flags, each read as the value it looks like.
struct Layer {
    pairs: Vec<(String, String)>,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named("settings")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut dict = Dict::new();
        for (key, text) in &self.pairs {
            let value = match known(key) {
                // A secret may look like a number or a list; it is a text all the same.
                Some(key) if key.secret => Value::from(text.clone()),
                _ => text.parse::<Value>().unwrap_or_else(|_| Value::from(text.clone())),
            };
            insert(&mut dict, key, value);
        }
        Ok(Profile::Default.collect(dict))
    }
}

fn insert(dict: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            dict.insert(key.to_owned(), value);
        }
        Some((head, tail)) => {
            let mut inner = match dict.remove(head) {
                Some(Value::Dict(_, inner)) => inner,
                _ => Dict::new(),
            };
            insert(&mut inner, tail, value);
            dict.insert(head.to_owned(), Value::from(inner));
        }
    }
}

/// A provider under the name of its file.
struct Named {
    name: String,
    inner: Result<Map<Profile, Dict>, figment::Error>,
}

impl Provider for Named {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        self.inner.clone()
    }
}
