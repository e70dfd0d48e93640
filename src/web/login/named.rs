//! Connectors by the name they have in the reader's language.

use crate::base::lang::Lang;
use crate::connectors::called;
use crate::login::interaction::{Linking, Notice, NumberFor, View};

/// Every connector's title that the page will write.
pub(super) fn in_language(view: &mut View, lang: Lang) {
    let title = |title: &mut String| *title = called(title, lang).to_owned();
    let linked = |linking: &mut Option<Linking>| {
        if let Some(linking) = linking {
            title(&mut linking.title);
        }
    };
    match view {
        View::Choose(view) => {
            view.methods.iter_mut().for_each(|method| title(&mut method.title));
            linked(&mut view.linking);
            if let Some(Notice::Upstream { title: whose, .. }) = &mut view.notice {
                title(whose);
            }
        }
        View::Ask(view) => {
            title(&mut view.title);
            linked(&mut view.linking);
        }
        View::Scan(view) => {
            title(&mut view.title);
            linked(&mut view.linking);
        }
        View::Frame(view) => {
            title(&mut view.title);
            linked(&mut view.linking);
        }
        View::Number(view) => {
            if let NumberFor::FirstSignIn { title: whose, .. } = &mut view.what {
                title(whose);
            }
        }
        View::Silent(view) => title(&mut view.title),
        View::Stranger(view) => title(&mut view.title),
        _ => {}
    }
}
