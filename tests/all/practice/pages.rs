//! The practice pages: banner, language, no outside host, people made by hand.

use http::StatusCode;

use super::site::Site;

const PAGES: [&str; 5] = [
    "/",
    "/people",
    "/people/amara",
    "/github.com/login/oauth/authorize?client_id=practice-github&scope=read:user",
    "/nowhere",
];

#[tokio::test]
async fn every_page_says_in_the_readers_language_that_nothing_is_real() {
    let site = Site::new();
    for path in PAGES {
        for (accept, lang, banner) in [
            ("zh-CN,zh;q=0.9", "lang=\"zh-CN\"", "练习平台"),
            ("en", "lang=\"en\"", "nothing here is real"),
            ("fr", "lang=\"en\"", "nothing here is real"),
        ] {
            let page = site.get(path, &[("accept-language", accept)]).await;
            assert!(page.body.contains(lang) && page.body.contains(banner), "{path} {accept}");
            let policy = page.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
            for outside in ["src=\"http", "<link rel=\"stylesheet\" href=\"http", "style=\"", "<script>"] {
                assert!(!page.body.contains(outside), "{path} has {outside}");
            }
        }
    }
}

#[tokio::test]
async fn ui_locales_and_hl_beat_the_browsers_language() {
    let site = Site::new();
    for parameter in ["ui_locales=fr%20zh-CN", "hl=zh-CN"] {
        let path = format!("/github.com/login/oauth/authorize?client_id=practice-github&{parameter}");
        let page = site.get(&path, &[("accept-language", "en")]).await;
        assert!(page.body.contains("lang=\"zh-CN\""), "{parameter}");
    }
}

#[tokio::test]
async fn the_stylesheet_is_our_own_and_small() {
    let site = Site::new();
    let style = site.get("/practice.css", &[]).await;
    assert_eq!((style.status, style.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(style.body.len() < 8 * 1024 && style.body.contains("prefers-color-scheme:dark"));
    assert!(!style.body.contains("url(") && !style.body.contains("@import"));
}

#[tokio::test]
async fn a_newcomer_adds_and_renames_a_person() {
    let site = Site::new();
    let fields = [("name", "Mei <b>Tan"), ("login", "mei"), ("email", "mei@example.com"), ("email_verified", "yes")];
    let added = site.post("/people", &fields, &[]).await;
    assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, "/"));
    let page = site.get("/", &[]).await.body;
    assert!(page.contains("Mei &#60;b&#62;Tan"), "names are escaped");
    let renamed = site.post("/people/amara", &[("login", "amara-o"), ("name", "Amara")], &[]).await;
    assert_eq!(renamed.status, StatusCode::SEE_OTHER);
    assert!(site.get("/", &[]).await.body.contains("amara-o"));
}

#[tokio::test]
async fn a_bad_login_or_address_is_told_beside_what_was_typed() {
    let site = Site::new();
    for fields in [[("login", "no spaces here"), ("email", "")], [("login", "fine"), ("email", "no-address")]] {
        let reply = site.post("/people", &fields, &[]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains("role=\"alert\"") && reply.body.contains(&format!("value=\"{}\"", fields[0].1)));
    }
}
