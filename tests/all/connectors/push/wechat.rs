//! The examples of wechat.md §5.5 and §5.7.

use hufu::base::random::Random;
use hufu::connectors::push::{Channel, Fields, Refused, sealed, wechat};

use super::{HEAD, KEY, channel, query};

const NOW: i64 = 1_760_000_000;
const MESSAGE: &str = "<xml><ToUserName><![CDATA[gh_3f1e8a0c55aa]]></ToUserName><FromUserName><![CDATA[oSimu_0000000000000000000001]]></FromUserName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[lg_9f2c]]></EventKey><Ticket><![CDATA[gQSIMULATEDTICKET==]]></Ticket></xml>";
const ENCRYPT: &str = "Q3stYC6hdFzMh9T8HCvyDFdxkJPMUJHVRPNpaFc6VV7Fyc/sPNsTneA9sPS7Xe0Il5k/BZ+KgouG4OyiqzZdnmJ4gStYL/O6E5JwM3b2xkddlAo77nYVHTY0YqTXedfxn64gBQD5AeRVrIJblFhSizG8nsc5k+HKOWKYAeNF8Cm3q+x5sSAvC6C98+ciC/yHvzZrxyyw3bXAZN6/BcgOKIsZlJKXSxLzaMBvMvDnCjcVKruHuWLW5znriRiho21eYilIFZDaD0bImXH/0EePvAtlmHItsXA2GQ/JYXi5tENU6cSv6tiYOKaktWoJSPgaCWvTy+qdR5kuZt6CqRZvFziZUngXvY3NHTXWm6OvdiMvEgUSoM3j8Dk4ztvIR5QmCtktkezktbHo5g2AvdNegJJD6ErWVnCadR8NuELJ7RhUw9DwWJR3Y9YwkCOcJsPh7K7qrXiwMco8MoxFTmKiN0kdkee+Wd1m/5zcA8K2DDQk+33bo/5z/bq71X+7wn3+";
const SIGNATURE: &str = "f85c242456be80bcd3270ffdb85eacc262d4b3ee";
const MSG_SIGNATURE: &str = "7eeb9ce87ed2db1489b3b243019ea24c88693098";

fn safe() -> Channel {
    channel("pamtest", Some(KEY), "wxb11529c136998cb6")
}

fn signed() -> super::Query {
    query(&[
        ("signature", SIGNATURE),
        ("msg_signature", MSG_SIGNATURE),
        ("timestamp", "1760000000"),
        ("nonce", "nonce123"),
        ("encrypt_type", "aes"),
    ])
}

#[test]
fn the_two_handshakes_of_tencents_page_are_answered_with_the_echo() {
    let plain = channel("AAAAA", None, "wx0");
    for (timestamp, nonce, signature) in [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
    ] {
        let asked = query(&[
            ("signature", signature),
            ("timestamp", timestamp),
            ("nonce", nonce),
            ("echostr", "4375120948345"),
        ]);
        let now = timestamp.parse().unwrap();
        assert_eq!(wechat::handshake(&plain, &asked, now), Ok("4375120948345".to_owned()));
        assert_eq!(wechat::handshake(&plain, &asked, now + 601), Err(Refused::Stale));
        assert_eq!(wechat::handshake(&plain, &asked, now - 601), Err(Refused::Stale));
        let other = channel("AAAAB", None, "wx0");
        assert_eq!(wechat::handshake(&other, &asked, now), Err(Refused::Signature));
    }
}

#[test]
fn the_sealed_example_opens_and_seals_to_the_same_bytes() {
    let body = format!("<xml><ToUserName><![CDATA[gh_x]]></ToUserName><Encrypt><![CDATA[{ENCRYPT}]]></Encrypt></xml>");
    let fields = wechat::event(&safe(), &signed(), body.as_bytes(), NOW).unwrap();
    assert_eq!(fields.get("FromUserName"), Some("oSimu_0000000000000000000001"));
    assert_eq!(fields.get("EventKey"), Some("lg_9f2c"));
    assert_eq!(fields.len(), 7);
    let channel = safe();
    let key = channel.key.as_ref().unwrap();
    assert_eq!(sealed::seal_after(key, MESSAGE, "wxb11529c136998cb6", HEAD).unwrap(), ENCRYPT);
}

#[test]
fn safe_mode_takes_json_too() {
    let body = format!("{{\"ToUserName\":\"gh_x\",\"Encrypt\":\"{ENCRYPT}\"}}");
    let fields = wechat::event(&safe(), &signed(), body.as_bytes(), NOW).unwrap();
    assert_eq!(fields.get("Event"), Some("SCAN"));
}

#[test]
fn in_compatible_mode_only_the_sealed_part_counts() {
    let body = format!("<xml><FromUserName>forged</FromUserName><Event>SCAN</Event><Encrypt>{ENCRYPT}</Encrypt></xml>");
    let fields = wechat::event(&safe(), &signed(), body.as_bytes(), NOW).unwrap();
    assert_eq!(fields.get("FromUserName"), Some("oSimu_0000000000000000000001"));
}

#[test]
fn with_a_key_a_plain_push_is_refused_however_well_it_is_signed() {
    let refused = wechat::event(&safe(), &signed(), MESSAGE.as_bytes(), NOW);
    assert!(matches!(refused, Err(Refused::Mode(_))), "{refused:?}");
}

#[test]
fn plain_mode_reads_xml_and_json_and_names_a_sealed_push() {
    let plain = channel("pamtest", None, "wxb11529c136998cb6");
    let fields = wechat::event(&plain, &signed(), MESSAGE.as_bytes(), NOW).unwrap();
    assert_eq!(fields.get("Ticket"), Some("gQSIMULATEDTICKET=="));
    let json = br#"{" OpenID":"o1","CreateTime":1760000000,"MsgType":"event","Event":"user_authorization_revoke","RevokeInfo":["1","2"]}"#;
    let fields = wechat::event(&plain, &signed(), json, NOW).unwrap();
    assert_eq!((fields.get("OpenID"), fields.get("CreateTime")), (Some("o1"), Some("1760000000")));
    assert_eq!(fields.get("RevokeInfo"), Some("1,2"));
    let body = format!("<xml><ToUserName>gh_x</ToUserName><Encrypt>{ENCRYPT}</Encrypt></xml>");
    assert!(matches!(wechat::event(&plain, &signed(), body.as_bytes(), NOW), Err(Refused::Mode(_))));
}

#[test]
fn a_sealed_reply_opens_with_the_same_key_and_its_own_signature() {
    let random = Random::seeded(7);
    let message = Fields::read(MESSAGE.as_bytes()).unwrap();
    let text = wechat::text_reply(&message, "在电脑上继续 ]]> <b>", NOW);
    let reply = wechat::reply(&safe(), &text, NOW, &random).unwrap();
    let outer = Fields::read(reply.as_bytes()).unwrap();
    let asked = query(&[
        ("msg_signature", outer.get("MsgSignature").unwrap()),
        ("timestamp", outer.get("TimeStamp").unwrap()),
        ("nonce", outer.get("Nonce").unwrap()),
    ]);
    let fields = wechat::event(&safe(), &asked, reply.as_bytes(), NOW).unwrap();
    assert_eq!(fields.get("ToUserName"), Some("oSimu_0000000000000000000001"));
    assert_eq!(fields.get("FromUserName"), Some("gh_3f1e8a0c55aa"));
    assert_eq!(fields.get("Content"), Some("在电脑上继续 ]]> <b>"));
    let plain = channel("pamtest", None, "wx");
    assert_eq!(wechat::reply(&plain, &text, NOW, &random).unwrap(), text);
}
