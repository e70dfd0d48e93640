//! What somebody does with a code: scan it, then confirm or refuse.

use super::super::Practice;
use super::store::{ScanKind, ScanState};

/// A thing to do with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::practice) enum Act {
    Scan,
    Confirm,
    Refuse,
}

/// Why it can't be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice) enum Cannot {
    /// No such person.
    Nobody,
    /// No such code.
    NoCode,
    /// The code has expired.
    Expired,
    /// Somebody else has scanned it, or it is answered already.
    Taken,
    /// Confirmed or refused before it was scanned.
    NotScanned,
}

impl Cannot {
    /// In words of the control API.
    pub(in crate::practice) const fn words(self) -> &'static str {
        match self {
            Self::Nobody => "No such person",
            Self::NoCode => "No such code",
            Self::Expired => "The code has expired",
            Self::Taken => "Somebody else scanned it, or it is answered already",
            Self::NotScanned => "Scan it first",
        }
    }
}

/// Does it; for a code with a life of its own (a scene, a mini program) the platform is asked to act.
pub(in crate::practice) async fn act(practice: &Practice, person: &str, id: &str, act: Act) -> Result<(), Cannot> {
    let scan = {
        let world = practice.world();
        world.person(person).ok_or(Cannot::Nobody)?;
        world.phone.scan(id).cloned().ok_or(Cannot::NoCode)?
    };
    if practice.now() >= scan.expires_at {
        return Err(Cannot::Expired);
    }
    match scan.kind {
        ScanKind::SignIn => sign_in(practice, person, id, act),
        ScanKind::OfficialScene | ScanKind::MiniProgram => {
            super::super::wechat::pointed_at(practice, person, &scan, act).await
        }
    }
}

fn sign_in(practice: &Practice, person: &str, id: &str, act: Act) -> Result<(), Cannot> {
    let mut world = practice.world();
    let scan = world.phone.scan_mut(id).ok_or(Cannot::NoCode)?;
    let person = person.to_owned();
    scan.state = match (&scan.state, act) {
        (ScanState::Waiting, Act::Scan) => ScanState::Scanned { person },
        (ScanState::Scanned { person: by }, Act::Scan) if *by == person => ScanState::Scanned { person },
        (ScanState::Scanned { person: by }, Act::Confirm) if *by == person => ScanState::Confirmed { person },
        (ScanState::Scanned { person: by }, Act::Refuse) if *by == person => ScanState::Refused { person },
        (ScanState::Waiting, Act::Confirm | Act::Refuse) => return Err(Cannot::NotScanned),
        _ => return Err(Cannot::Taken),
    };
    Ok(())
}
