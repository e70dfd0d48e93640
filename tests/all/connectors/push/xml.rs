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

/// A name that is long, over many that are short: read with their paths they would be two thousand times as large.
fn bomb(long: usize, fields: usize) -> String {
    let leaves = (0..fields).map(|i| format!("\"{i}\":1")).collect::<Vec<_>>().join(",");
    format!("{{\"{}\":{{{leaves}}}}}", "a".repeat(long))
}

#[test]
fn s180_json_has_the_limits_of_xml_and_paths_are_counted() {
    let deep = format!("{}1{}", "{\"a\":".repeat(9), "}".repeat(9));
    let lists = format!("{{\"a\":{}1{}}}", "[".repeat(20), "]".repeat(20));
    let long = "a".repeat(30_000);
    let xml = format!("<xml><{long}>{}</{long}></xml>", "<b/>".repeat(500));
    let same = format!("{{\"{long}\":[{}]}}", vec!["{\"b\":1}"; 500].join(","));
    let hollow =
        format!("{{\"{long}\":{{{}}}}}", (0..500).map(|i| format!("\"{i}\":{{}}")).collect::<Vec<_>>().join(","));
    for text in [bomb(30_000, 4_400), bomb(1, 600), deep, lists, xml, same, hollow] {
        assert!(matches!(read(&text), Err(Refused::Shape(_))), "{}", &text[..40]);
    }
    assert_eq!(read(&bomb(3, 500)).unwrap().len(), 500, "so that the refusals mean something");
    let fields =
        read("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":1}}}}},\"l\":[1,2],\"m\":[{\"n\":1},{\"n\":2}]}").unwrap();
    let all = fields.iter().collect::<Vec<_>>();
    assert_eq!(all, [("a/b/c/d/e/f", "1"), ("l", "1,2"), ("m/n", "1")]);
}

#[test]
fn s180_of_a_body_that_proves_nothing_only_encrypt_is_read() {
    use super::{KEY, channel, query};
    use hufu::connectors::push::{dingtalk, wechat, wecom};
    let channel = channel("tok", Some(KEY), "corp");
    let asked = query(&[("msg_signature", "0"), ("timestamp", "1700000000"), ("nonce", "n")]);
    // Not flattened: what is wrong is the signature, not the size.
    let leaves = (0..4_000).map(|i| format!("\"{i}\":1")).collect::<Vec<_>>().join(",");
    let body = format!("{{\"{}\":{{{leaves}}},\"Encrypt\":\"AAAA\"}}", "a".repeat(30_000));
    let body = body.as_bytes();
    assert_eq!(wechat::event(&channel, &asked, body, 1_700_000_000), Err(Refused::Signature));
    assert_eq!(wecom::event(&channel, &asked, body, 1_700_000_000), Err(Refused::Signature));
    assert_eq!(dingtalk::event(&channel, &asked, body, 1_700_000_000), Err(Refused::Signature));
    for body in
        ["{\"Encrypt\":{\"a\":1}}", "{\"Encrypt\":\"a\",\"Encrypt\":\"b\"}", "{\"x\":{\"Encrypt\":\"a\"}}", "{}"]
    {
        let refused = wechat::event(&channel, &asked, body.as_bytes(), 1_700_000_000);
        assert!(matches!(refused, Err(Refused::Shape(_) | Refused::Mode(_))), "{body}: {refused:?}");
    }
}
