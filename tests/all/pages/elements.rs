//! Just enough of HTML to compare what two pages are made of.

/// A start tag and its attributes' names, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// Every start tag of a page, in order.
///
/// Panics on what a browser would have to guess about: an attribute without
/// quotes, a `<` that opens nothing.
pub fn elements(html: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with(['/', '!']) {
            continue;
        }
        assert!(rest.starts_with(|first: char| first.is_ascii_alphabetic()), "a stray < before {rest:.40}");
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap();
        let (name, after) = rest.split_at(end);
        let (attributes, after) = attributes(after);
        found.push(Element { name: name.to_owned(), attributes });
        rest = after;
    }
    found
}

fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
            return (found, after);
        }
        let end = rest.find(['=', '>', ' ', '\n']).expect("the tag ends");
        let name = rest[..end].to_owned();
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "a broken attribute {name}");
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let end = after.find('"').expect("the value ends");
            after[..end].clone_into(&mut value);
            rest = &after[end + 1..];
        }
        found.push((name, value));
    }
}

/// What stays the same whatever is written into a page: elements and the names of their attributes.
pub fn skeleton(html: &str) -> Vec<(String, Vec<String>)> {
    let names = |element: &Element| element.attributes.iter().map(|(name, _)| name.clone()).collect();
    elements(html).iter().map(|element| (element.name.clone(), names(element))).collect()
}

/// The text of the first element with this name.
pub fn text_of<'a>(html: &'a str, name: &str) -> &'a str {
    let start = html.find(&format!("<{name}")).unwrap_or_else(|| panic!("there is a {name}"));
    let start = start + html[start..].find('>').unwrap() + 1;
    &html[start..start + html[start..].find("</").unwrap()]
}
