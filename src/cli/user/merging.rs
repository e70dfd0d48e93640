//! `hufu user merge`, `unmerge`, `merges`: two people who are one.

use serde_json::json;

use crate::admin::Actor;
use crate::admin::merging::MergePreview;
use crate::app::App;
use crate::cli::output::moment;
use crate::cli::{Context, Outcome};

pub(super) async fn merge(context: &Context, app: &App, (kept, absorbed): (&str, &str), preview: bool) -> Outcome {
    let (admin, actor) = (&app.admin, Actor::command_line());
    let (kept, absorbed) = (admin.find_person(kept).await?, admin.find_person(absorbed).await?);
    let shown = admin.preview_merge(&actor, &kept, &absorbed).await?;
    if preview {
        context.output.say(&words(&shown), &shown);
        return Ok(());
    }
    let merge = admin.merge_people(&actor, &kept, &absorbed).await?;
    let sentence = format!("{}\nMerged ({}). Undo it with: hufu user unmerge {}", words(&shown), merge.id, absorbed.id);
    context.output.say(&sentence, &json!({ "merge": merge.id, "kept": kept.id, "absorbed": absorbed.id }));
    Ok(())
}

pub(super) async fn unmerge(context: &Context, app: &App, absorbed: &str) -> Outcome {
    let person = app.admin.find_person(absorbed).await?;
    let merge = app.admin.unmerge_people(&Actor::command_line(), &person).await?;
    let sentence = format!("{} is a person of their own again; both sign in anew.", person.name);
    context.output.say(&sentence, &json!({ "merge": merge.id, "kept": merge.kept, "absorbed": merge.absorbed }));
    Ok(())
}

pub(super) async fn merges(context: &Context, app: &App, done: bool) -> Outcome {
    if done {
        let all = app.store.merges(1000).await?;
        let undone = |at: Option<i64>| at.map(moment).unwrap_or_default();
        let rows: Vec<Vec<String>> = all
            .iter()
            .map(|one| vec![one.kept.to_string(), one.absorbed.to_string(), moment(one.at), undone(one.undone_at)])
            .collect();
        let values: Vec<_> = all
            .iter()
            .map(|one| {
                json!({ "merge": one.id, "kept": one.kept, "absorbed": one.absorbed, "at": one.at,
                    "undone_at": one.undone_at })
            })
            .collect();
        context.output.table(&["KEPT", "ABSORBED", "AT", "UNDONE"], &rows, &values);
        return Ok(());
    }
    let cases = app.admin.open_cases().await?;
    let rows: Vec<Vec<String>> = cases
        .iter()
        .map(|case| {
            let who = |id: &str, name: &str| format!("{name} ({id})");
            let (user, other) = (who(case.user.as_str(), &case.name), who(case.other.as_str(), &case.other_name));
            vec![user, other, case.space.clone(), moment(case.found_at)]
        })
        .collect();
    context.output.table(&["PERSON", "MAY BE", "BECAUSE OF", "SEEN"], &rows, &cases);
    Ok(())
}

/// What would happen, in lines; what stands in the way first.
fn words(shown: &MergePreview) -> String {
    let mut lines = vec![format!("{} is absorbed by {}.", shown.absorbed_name, shown.kept_name)];
    lines.extend(shown.obstacles.iter().map(|why| format!("Not possible: {why}.")));
    let mut say = |is: bool, line: String| {
        if is {
            lines.push(line);
        }
    };
    let list = |all: &[String]| all.join(", ");
    let ids = |all: &[crate::base::id::ClientId]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    say(!shown.ways.is_empty(), format!("Ways in that go over: {}.", list(&shown.ways)));
    let dropped = list(&shown.numbers_dropped);
    say(!dropped.is_empty(), format!("Numbers that sign nobody in until it is undone: {dropped}."));
    say(shown.password, "The password goes over.".to_owned());
    let username = shown.names.username.clone();
    let email = shown.names.email.as_ref().map(|(address, _)| address.clone());
    let phone = shown.names.phone.as_ref().map(|(number, _)| number.clone());
    let names: Vec<String> = [username, email, phone].into_iter().flatten().collect();
    say(!names.is_empty(), format!("Names that go over: {}.", list(&names)));
    let stay = list(&shown.names_that_stay);
    say(!stay.is_empty(), format!("Names that sign nobody in any more: {stay}."));
    let orgs = shown.organisations.iter().map(ToString::to_string).collect::<Vec<_>>();
    say(!orgs.is_empty(), format!("Organisations: {}.", list(&orgs)));
    say(!shown.consents.is_empty(), format!("Consents that go over: {}.", ids(&shown.consents)));
    say(!shown.keeps_sub.is_empty(), format!("Applications that keep their sub: {}.", ids(&shown.keeps_sub)));
    say(shown.sessions > 0, format!("Sessions that end, with every token: {}.", shown.sessions));
    lines.join("\n")
}
