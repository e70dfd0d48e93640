//! Pictures are drawn off a daily quota at the platform, which anybody could
//! use up: how many one address and its network may ask for.

use crate::base::network::network;
use crate::connectors::Trouble;
use crate::login::connectors::Instance;
use crate::login::{Login, LoginError, Visitor};
use crate::store::attempts::{Charge, Limit};

/// For one address: an office behind one may open its mornings with it.
const ADDRESS: Limit = Limit { tries: 120, window: 600, block: 600, longest: None };
/// For its network (/24, /48): a day of them stays below the smallest quota, 100 000 (upstreams/wechat.md §11).
const NETWORK: Limit = Limit { tries: 300, window: 600, block: 600, longest: None };

impl Login {
    /// Charges one picture; the trouble of somebody who had enough of them.
    pub(crate) async fn charge_picture(
        &self,
        instance: &Instance,
        visitor: &Visitor,
    ) -> Result<Option<Trouble>, LoginError> {
        let now = self.clock.now();
        let name = |what: &str, who: &str| format!("picture-{what}:{}:{who}", instance.row.id);
        let charges =
            [(name("address", &visitor.line()), ADDRESS), (name("network", &network(&visitor.address)), NETWORK)];
        let charged = self.store.write(move |tx| {
            let charges = charges.clone();
            Box::pin(async move {
                for (name, limit) in &charges {
                    if let Charge::Blocked { until } = tx.charge_attempt(name, *limit, now).await? {
                        return Ok(Some(until));
                    }
                }
                Ok(None)
            })
        });
        Ok(charged.await?.map(|until| Trouble::TryLater { until: Some(until) }))
    }
}
