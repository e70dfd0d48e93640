//! What pages say, one struct an area, both languages side by side.
//!
//! A missing sentence does not compile. Sentences are plain text; a `{}` takes
//! a value, which the template escapes. It knows words only, no HTTP.

pub mod account;
pub mod common;
pub mod confirm;
pub mod console;
pub mod errors;
pub mod landing;
pub mod login;
pub mod phone;
pub mod phone_countries;
pub mod setup;
pub mod ways;

/// Declares an area's `Texts`: a name, English, Chinese.
macro_rules! texts {
    ($($field:ident: $en:literal, $zh:literal;)*) => {
        /// The sentences of this area.
        #[allow(clippy::doc_markdown, reason = "a sentence is its own documentation")]
        #[derive(Debug)]
        pub struct Texts {
            $(#[doc = $en] pub $field: &'static str,)*
        }

        static EN: Texts = Texts { $($field: $en,)* };
        static ZH: Texts = Texts { $($field: $zh,)* };

        impl Texts {
            /// The sentences in one language.
            #[must_use]
            pub fn of(lang: $crate::base::lang::Lang) -> &'static Self {
                match lang {
                    $crate::base::lang::Lang::En => &EN,
                    $crate::base::lang::Lang::Zh => &ZH,
                }
            }

            /// Every sentence with its name, for the test that reads them all.
            #[must_use]
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($field), self.$field),)*]
            }
        }
    };
}
pub(crate) use texts;

pub use crate::base::sentence::fill;
