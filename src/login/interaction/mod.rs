//! The interaction: a bag of facts, and the pure function that says what is
//! missing. `facts` is what was learnt, `next` what follows from it, `view`
//! what a page is told. None of them decides a permission: `show` re-reads
//! everything before anything is issued.

mod accept;
mod change;
mod choose;
mod facts;
mod next;
mod organisation;
mod policy;
mod show;
mod talk;
mod view;

pub(crate) use choose::{method, told};
pub use facts::{
    Bound, ChosenOrg, Door, End, Facts, Half, LIFE, NumberStep, OwnNumber, Pending, Purpose, SignedInFact, Typed, Ways,
    Wish,
};
pub(crate) use next::CONSOLE_IDLE;
pub use next::{Next, Why, next};
pub use organisation::OrgStep;
pub(crate) use organisation::{Resolved, Standpoint, is_asked_for, resolve};
pub use policy::{Policy, Standing};
pub(crate) use policy::{Read, admits};
pub use talk::{How, Stage, Talk};
pub use view::{
    AskView, Choose, Company, ConsentView, Context, Countries, Ended, FrameView, Linking, Method, Notice, NumberFor,
    NumberView, OrgView, PasswordMistake, RegistrationMistake, ScanView, SilentView, Stranger, UpstreamNotice, View,
};
