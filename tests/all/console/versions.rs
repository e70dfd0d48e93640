//! Two administrators at one setting or one connector at the same moment: nobody is overwritten in silence.

use super::{GITHUB, Office};
use crate::support::server::servers;

const PRODUCT: &str = "/admin/set-up/product";
const CONNECTOR: &str = "/admin/connectors/github";

fn value(body: &str, name: &str) -> String {
    let after = body.split(&format!("name=\"{name}\" ")).nth(1).unwrap_or_else(|| panic!("no field {name}"));
    after.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn of_two_products_saved_from_one_form_the_second_is_shown_the_first() {
    for (store, server) in servers().await {
        let (ann, ben) = (Office::of(&server, "ann", "en").await, Office::of(&server, "ben", "en").await);
        let (page, stale) = (ann.get(PRODUCT).await, ben.get(PRODUCT).await);
        let first = ann.post(&page, PRODUCT, &[("name", "Moon"), ("colour", "#3355ff")]).await;
        assert_eq!(first.status, 303, "{store}");
        let second = ben.post(&stale, PRODUCT, &[("name", "Sun"), ("colour", "#ff5533")]).await;
        assert_eq!(second.status, 409, "{store}: the last does not win in silence");
        assert_eq!((value(&second.body, "name"), value(&second.body, "colour")), ("Moon".into(), "#3355ff".into()));
        assert!(second.body.contains("Somebody") && second.body.contains("Sun"), "{store}: {}", second.body);
        assert_eq!(ben.get("/").await.body.matches("Sun").count(), 0, "{store}");
        let third = ben.post(&second, PRODUCT, &[("name", "Sun"), ("colour", "#ff5533")]).await;
        assert_eq!(third.status, 303, "{store}: having seen it, they may");
        assert!(ann.get("/").await.body.contains("Sun"), "{store}");
    }
}

#[tokio::test]
async fn of_two_changes_of_a_connector_from_one_form_the_second_is_shown_the_first() {
    for (store, server) in servers().await {
        let (ann, ben) = (Office::of(&server, "ann", "en").await, Office::of(&server, "ben", "zh-CN").await);
        let form = ann.get("/admin/add-connector/github").await;
        let added = ann.post(&form, "/admin/add-connector/github", &[&[("title", "GitHub")], GITHUB].concat()).await;
        assert_eq!(added.status, 303, "{store}");
        let (page, stale) = (ann.get(CONNECTOR).await, ben.get(CONNECTOR).await);
        let change = |title, id| [("title", title), ("rule", "ask"), ("registration", "on"), ("field.client_id", id)];
        assert_eq!(ann.post(&page, CONNECTOR, &change("Code", "Iv1first")).await.status, 303, "{store}");
        let second = ben.post(&stale, CONNECTOR, &change("Werk", "Iv1second")).await;
        assert_eq!(second.status, 409, "{store}");
        assert_eq!(value(&second.body, "title"), "Code", "{store}: what stands now");
        assert_eq!(value(&second.body, "field.client_id"), "Iv1first", "{store}");
        assert!(second.body.contains("其他人刚刚修改了这个连接器"), "{store}");
        assert!(
            second.body.contains("Werk") && second.body.contains("Iv1second"),
            "{store}: what was typed is not lost"
        );
        assert_eq!(ben.post(&second, CONNECTOR, &change("Werk", "Iv1second")).await.status, 303, "{store}");
        let now = ann.get(CONNECTOR).await;
        assert_eq!(
            (value(&now.body, "title"), value(&now.body, "field.client_id")),
            ("Werk".into(), "Iv1second".into())
        );
    }
}

#[tokio::test]
async fn a_form_of_settings_without_its_version_is_refused() {
    for (store, server) in servers().await {
        let ann = Office::of(&server, "ann", "en").await;
        let page = ann.get("/admin/connectors").await;
        let blind = ann.post(&page, PRODUCT, &[("name", "Moon"), ("colour", "#3355ff")]).await;
        assert_eq!(blind.status, 400, "{store}");
    }
}
