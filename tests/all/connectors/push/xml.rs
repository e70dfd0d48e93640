//! The XML of the platforms, and what pretends to be it.

use hufu::connectors::push::{Fields, LIMIT, Refused};

fn read(text: &str) -> Result<Fields, Refused> {
    Fields::read(text.as_bytes())
}

#[test]
fn fields_are_read_with_their_path() {
    let fields = read(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- hi -->\n<xml>\n <A> 1 </A><B><![CDATA[ 张三 <x> ]]></B><C/>\
         <D>a&amp;b&lt;&#x4e2d;&#25991;</D><E><F>1</F><F>2</F><G><H>3</H></G></E>\n</xml>\n",
    )
    .unwrap();
    let all = fields.iter().collect::<Vec<_>>();
    let expected = vec![("A", "1"), ("B", "张三 <x>"), ("C", ""), ("D", "a&b<中文"), ("E/F", "1"), ("E/G/H", "3")];
    assert_eq!(all, expected);
    assert_eq!(fields.get("C"), None, "an empty field counts as absent");
}

#[test]
fn external_entities_and_every_other_dtd_are_refused() {
    for text in [
        "<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><xml><A>&x;</A></xml>",
        "<!DOCTYPE xml SYSTEM \"http://127.0.0.1/x.dtd\"><xml><A>1</A></xml>",
        "<!DOCTYPE lolz [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><xml><A>&b;</A></xml>",
        "<!doctype xml><xml/>",
        "<xml><!DOCTYPE x><A>1</A></xml>",
        "<xml><A>&x;</A></xml>",
        "<xml><?php echo 1 ?><A>1</A></xml>",
    ] {
        assert!(matches!(read(text), Err(Refused::Shape(_))), "{text}");
    }
}

#[test]
fn malformed_ambiguous_and_huge_bodies_are_refused() {
    let deep = format!("<xml>{}1{}</xml>", "<a>".repeat(8), "</a>".repeat(8));
    let wide = format!("<xml>{}</xml>", (0..600).map(|i| format!("<a{i}>1</a{i}>")).collect::<Vec<_>>().concat());
    let huge = format!("<xml><A>{}</A></xml>", "x".repeat(LIMIT));
    let huge_json = format!("{{\"A\":\"{}\"}}", "x".repeat(LIMIT));
    for text in [
        "",
        "hello",
        "<xml><A>1</A>",
        "<xml><A>1</B></xml>",
        "<xml/><xml/>",
        "<xml><A>1</A></xml>tail",
        "<xml><FromUserName>a</FromUserName><FromUserName>b</FromUserName></xml>",
        "{\"A\":1",
        "[1]",
        deep.as_str(),
        wide.as_str(),
        huge.as_str(),
        huge_json.as_str(),
    ] {
        let refused = read(text);
        assert!(matches!(refused, Err(Refused::Shape(_))), "{}: {refused:?}", &text[..text.len().min(80)]);
    }
    assert!(matches!(Fields::read(b"<xml><A>\xFF</A></xml>"), Err(Refused::Shape(_))));
}
