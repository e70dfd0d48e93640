//! Countries by name, for the picker beside a phone number.

use crate::base::lang::Lang;
use crate::base::phone::calling_code;

/// ISO 3166 code, English, Chinese; in the order of the picker.
const NAMES: &[(&str, &str, &str)] = &[
    ("CN", "China", "中国大陆"),
    ("HK", "Hong Kong", "中国香港"),
    ("MO", "Macao", "中国澳门"),
    ("TW", "Taiwan", "中国台湾"),
    ("AU", "Australia", "澳大利亚"),
    ("BR", "Brazil", "巴西"),
    ("CA", "Canada", "加拿大"),
    ("CH", "Switzerland", "瑞士"),
    ("DE", "Germany", "德国"),
    ("ES", "Spain", "西班牙"),
    ("FR", "France", "法国"),
    ("GB", "United Kingdom", "英国"),
    ("ID", "Indonesia", "印度尼西亚"),
    ("IN", "India", "印度"),
    ("IT", "Italy", "意大利"),
    ("JP", "Japan", "日本"),
    ("KR", "South Korea", "韩国"),
    ("MX", "Mexico", "墨西哥"),
    ("MY", "Malaysia", "马来西亚"),
    ("NL", "Netherlands", "荷兰"),
    ("NZ", "New Zealand", "新西兰"),
    ("PH", "Philippines", "菲律宾"),
    ("RU", "Russia", "俄罗斯"),
    ("SE", "Sweden", "瑞典"),
    ("SG", "Singapore", "新加坡"),
    ("TH", "Thailand", "泰国"),
    ("US", "United States", "美国"),
    ("VN", "Vietnam", "越南"),
];

/// A line of the picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// ISO 3166.
    pub code: String,
    /// `+86 China`.
    pub text: String,
    /// Chosen at first.
    pub first: bool,
}

/// The picker for these countries; China alone where none is named.
#[must_use]
pub fn choices(all: &[String], first: &str, lang: Lang) -> Vec<Choice> {
    let china = ["CN".to_owned()];
    let all = if all.is_empty() { &china } else { all };
    let named = |code: &str| NAMES.iter().find(|(known, _, _)| *known == code);
    let line = |code: &String| {
        let name = named(code).map_or(code.as_str(), |(_, en, zh)| match lang {
            Lang::En => en,
            Lang::Zh => zh,
        });
        let number = calling_code(code).map(|number| format!("+{number} ")).unwrap_or_default();
        Choice { code: code.clone(), text: format!("{number}{name}"), first: code == first }
    };
    all.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picker_names_countries_and_their_calling_codes() {
        let all = ["CN".to_owned(), "HK".to_owned(), "LI".to_owned()];
        let lines = choices(&all, "HK", Lang::En);
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["+86 China", "+852 Hong Kong", "+423 LI"]);
        assert_eq!(lines.iter().position(|line| line.first), Some(1));
        assert_eq!(choices(&[], "CN", Lang::Zh)[0].text, "+86 中国大陆");
    }
}
