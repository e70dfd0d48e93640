//! The platforms' XML as flat fields. No DTD, no entities of anybody's own, no
//! processing instructions; bounded depth and number (wechat.md §13, XXE).

use quick_xml::events::{BytesRef, Event};
use quick_xml::reader::Reader;

use super::fields::DEPTH;
use super::{Fields, LIMIT, Refused};

/// Reads `<xml><Name>value</Name>…</xml>`. A nested element's name is its path
/// below the root, `ExtAttr/Item/Name`, without namespace prefixes; white space round a value is dropped.
/// The same name twice directly below the root is refused: nobody should
/// have to guess which `FromUserName` was meant. Deeper, the first counts.
pub fn read(body: &[u8]) -> Result<Fields, Refused> {
    if body.len() > LIMIT {
        return Err(Refused::Shape("it is too large"));
    }
    let text = std::str::from_utf8(body).map_err(|_| Refused::Shape("it is not UTF-8"))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut reading = Reading::default();
    loop {
        match reader.read_event().map_err(|_| MALFORMED)? {
            Event::Start(tag) => reading.enter(tag.local_name().as_ref())?,
            Event::Empty(tag) => {
                reading.enter(tag.local_name().as_ref())?;
                reading.leave()?;
            }
            Event::End(_) => reading.leave()?,
            Event::Text(text) => reading.say(&text.decode().map_err(|_| MALFORMED)?)?,
            Event::CData(text) => reading.say(&text.decode().map_err(|_| MALFORMED)?)?,
            Event::GeneralRef(reference) => reading.say(entity(&reference)?.encode_utf8(&mut [0; 4]))?,
            Event::Decl(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err(Refused::Shape("a DTD is not accepted")),
            Event::PI(_) => return Err(Refused::Shape("a processing instruction is not accepted")),
            Event::Eof => return reading.finish(),
        }
    }
}

const MALFORMED: Refused = Refused::Shape("it is not well-formed XML");

/// The five of XML itself and character references; nothing else can be defined here.
fn entity(reference: &BytesRef<'_>) -> Result<char, Refused> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| MALFORMED)? {
        return Ok(character);
    }
    match &**reference {
        b"amp" => Ok('&'),
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"quot" => Ok('"'),
        b"apos" => Ok('\''),
        _ => Err(Refused::Shape("an entity is not accepted")),
    }
}

#[derive(Default)]
struct Reading {
    fields: Fields,
    /// The names of the open elements, and whether each has elements inside.
    open: Vec<(String, bool)>,
    value: String,
    /// The root was closed; nothing may follow.
    done: bool,
}

impl Reading {
    fn enter(&mut self, name: &[u8]) -> Result<(), Refused> {
        if self.done || self.open.len() >= DEPTH {
            return Err(Refused::Shape("it is nested too deeply or has two roots"));
        }
        if let Some((_, parent)) = self.open.last_mut() {
            *parent = true;
        }
        let name = std::str::from_utf8(name).map_err(|_| MALFORMED)?;
        self.open.push((name.to_owned(), false));
        self.value.clear();
        Ok(())
    }

    fn say(&mut self, text: &str) -> Result<(), Refused> {
        if self.open.is_empty() {
            return if text.trim().is_empty() { Ok(()) } else { Err(MALFORMED) };
        }
        self.value.push_str(text);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Refused> {
        let path = self.open.iter().skip(1).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("/");
        self.fields.spend(path.len())?;
        let (_, has_children) = self.open.pop().ok_or(MALFORMED)?;
        let value = std::mem::take(&mut self.value);
        self.done = self.open.is_empty();
        if self.done || has_children {
            return Ok(());
        }
        let top = self.open.len() == 1;
        let taken = self.fields.keep(path, value.trim())?;
        if taken || !top { Ok(()) } else { Err(Refused::Shape("a field stands twice")) }
    }

    fn finish(self) -> Result<Fields, Refused> {
        if self.done { Ok(self.fields) } else { Err(Refused::Shape("it ends too early")) }
    }
}
