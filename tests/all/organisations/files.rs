//! Files that platforms fetch from the root to see whose domain it is.

use hufu::admin::Actor;

use crate::support::server::servers;

#[tokio::test]
async fn a_stored_file_is_served_byte_for_byte_at_the_root_and_nothing_else_is() {
    for (store, server) in servers().await {
        let (admin, actor, browser) = (&server.app.admin, Actor::set_up(), server.browser());
        let name = "WW_verify_AbCdEf0123456789.txt";
        assert_eq!(browser.get(&format!("/{name}")).await.status, 404, "{store}: before");
        for (name, content) in [(name, "AbCdEf0123456789"), ("MP_verify_9.txt", "line\r\nand\nno end \u{fc}")] {
            admin.put_verification_file(&actor, name, content.as_bytes().to_vec()).await.unwrap();
            let file = browser.get(&format!("/{name}")).await;
            assert_eq!((file.status.as_u16(), file.body.as_str()), (200, content), "{store}");
            assert_eq!(file.header("content-type"), "text/plain; charset=utf-8", "{store}");
            assert_eq!(file.header("x-content-type-options"), "nosniff", "{store}");
            assert_eq!(file.location(), "", "{store}: no redirect");
        }
        for other in [
            "/WW_verify_AbCdEf012345678.txt",
            "/ww_verify_AbCdEf0123456789.txt",
            "/WW_verify_AbCdEf0123456789.txt/",
            "/WW_verify_AbCdEf0123456789.txt.txt",
            "/x/WW_verify_AbCdEf0123456789.txt",
            "/static/WW_verify_AbCdEf0123456789.txt",
            "/robots.txt",
            "/hufu.db",
            "/.env",
        ] {
            let answer = browser.get(other).await;
            assert_eq!(answer.status, 404, "{store}: {other}");
            assert!(!answer.body.contains("AbCdEf0123456789<"), "{store}: {other}");
        }
        for (bad, content) in [
            ("robots.txt", b"x".to_vec()),
            ("../WW_verify_A.txt", b"x".to_vec()),
            ("WW_verify_A.html", b"x".to_vec()),
            ("WW_verify_A.txt", Vec::new()),
            ("WW_verify_A.txt", vec![b'x'; 1025]),
        ] {
            assert!(admin.put_verification_file(&actor, bad, content).await.is_err(), "{store}: {bad}");
        }
        admin.put_verification_file(&actor, name, b"new".to_vec()).await.unwrap();
        assert_eq!(browser.get(&format!("/{name}")).await.body, "new", "{store}: replaced");
        admin.delete_verification_file(&actor, name).await.unwrap();
        assert_eq!(browser.get(&format!("/{name}")).await.status, 404, "{store}: removed");
        assert!(admin.delete_verification_file(&actor, name).await.is_err(), "{store}");
    }
}
