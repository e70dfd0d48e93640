//! The examples of wecom.md §8.4.

use hufu::base::random::Random;
use hufu::connectors::push::{Refused, sealed, wecom};

use super::{HEAD, KEY, channel, query};

const EVENT: &str = "<xml><ToUserName><![CDATA[wwtestcorp000001]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_contact]]></Event><ChangeType><![CDATA[delete_user]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID></xml>";
const SEALED_EVENT: &str = "Q3stYC6hdFzMh9T8HCvyDN/PkJU29IFmElkI5nAoZKNh/yx69jhsG8hvUzAgtnTDgyjCGSPfW6uj9Qv6LM6hBnFJmIbYsiApvRqa3WhWKgXP+naUQb9ZNU7Gtdqi13NDwumEA0/7e9wMVvJiMMwfE2f204KMKKCj3qBGqBPUTNE+6gnR4/uNSV8A6kxKI1MbcHMT3MRI0oKKiEqY6DkGkeVzLHGuDMWSjSSsnP+19tEvh4YIFEb4pO7rYKGjWGQou2JVYQgYZ35oBJyC8kj25Zjl3ICjXmw2eBQbjkl6mFpNGu0FDoLpyTtZbswAPKoBOFgs4PzzMvlm6KYkl2mIcTHmuGbhoUP+bo1LqDu7NZX/2DF7dYGt5rxyE7i+AY04XtzCP1Ip+1sTy9rJJxieLGqXv0+gx9Ic2iLOj4UwVBkFqfWC5osnoQiQ933jp2d/DyUcQnCNxqI1k+Uf+i5Y7A==";

#[test]
fn the_published_address_check_is_answered_with_the_plain_text() {
    let channel = channel("123456", Some("kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"), "wx49f0ab532d5d035a");
    let echo = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==";
    for echo in [echo.to_owned(), echo.replace('+', " ")] {
        let asked = query(&[
            ("msg_signature", "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"),
            ("timestamp", "1411443780"),
            ("nonce", "437374425"),
            ("echostr", &echo),
        ]);
        assert_eq!(wecom::handshake(&channel, &asked, 1_411_443_780), Ok("5927782489442352469".to_owned()));
    }
}

#[test]
fn our_own_examples_open_and_seal_to_the_same_bytes() {
    let channel = channel("QDG6eK", Some(KEY), "wwtestcorp000001");
    let echo = "Q3stYC6hdFzMh9T8HCvyDH0IHJENRtL8kKsqSYgg4gC0hqljEaqHI2fWf2hJJgUpIst0K+afUVpq4bmIikaldA==";
    let asked = query(&[
        ("msg_signature", "ff61e537d55e4ca6af7764674050deb2ecdaefc9"),
        ("timestamp", "1700000000"),
        ("nonce", "263014780"),
        ("echostr", echo),
    ]);
    assert_eq!(wecom::handshake(&channel, &asked, 1_700_000_000), Ok("1616140317555161061".to_owned()));
    let key = channel.key.as_ref().unwrap();
    assert_eq!(sealed::seal_after(key, "1616140317555161061", "wwtestcorp000001", HEAD).unwrap(), echo);
    assert_eq!(sealed::seal_after(key, EVENT, "wwtestcorp000001", HEAD).unwrap(), SEALED_EVENT);
}

#[test]
fn the_change_of_the_address_book_is_read() {
    let channel = channel("QDG6eK", Some(KEY), "wwtestcorp000001");
    let asked = query(&[
        ("msg_signature", "80e27355a688286405c626da5561901045015077"),
        ("timestamp", "1700000000"),
        ("nonce", "263014780"),
    ]);
    let body = format!(
        "<xml><ToUserName><![CDATA[wwtestcorp000001]]></ToUserName><AgentID><![CDATA[]]></AgentID><Encrypt><![CDATA[{SEALED_EVENT}]]></Encrypt></xml>"
    );
    let fields = wecom::event(&channel, &asked, body.as_bytes(), 1_700_000_000).unwrap();
    assert_eq!((fields.get("ChangeType"), fields.get("UserID")), (Some("delete_user"), Some("zhangsan")));
    let plain = wecom::event(&channel, &asked, EVENT.as_bytes(), 1_700_000_000);
    assert!(matches!(plain, Err(Refused::Mode(_))), "{plain:?}");
    let reply = wecom::reply(&channel, "<xml><A>b</A></xml>", 1_700_000_000, &Random::seeded(3)).unwrap();
    let outer = hufu::connectors::push::Fields::read(reply.as_bytes()).unwrap();
    let asked = query(&[
        ("msg_signature", outer.get("MsgSignature").unwrap()),
        ("timestamp", outer.get("TimeStamp").unwrap()),
        ("nonce", outer.get("Nonce").unwrap()),
    ]);
    let inner = wecom::event(&channel, &asked, reply.as_bytes(), 1_700_000_000).unwrap();
    assert_eq!(inner.get("A"), Some("b"));
}
