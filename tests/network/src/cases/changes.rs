// SPDX-License-Identifier: Apache-2.0
//! Contracts that are lengthened and ended early.

use super::{close, ended, store, write_file};
use crate::{ensure, Failure, Network};

/// Two windows more, at a price; then the end, and what was not needed comes back at once.
pub async fn extend_and_cancel(network: &mut Network) -> Result<(), Failure> {
	let file = write_file(&network.layout.dir, "changing", 100_000)?;
	let windows = 2;
	let ids = store(network, &file, &[0], windows).await?;
	let id = *ids.first().ok_or("nothing is stored")?;
	let terrace = |command: &str, more: &[&str]| {
		let mut args = vec![command.to_string(), id.to_string()];
		args.extend(more.iter().map(ToString::to_string));
		args
	};
	let longer = network.terrace(crate::CLIENT, &terrace("extend", &["20"])).await?;
	ensure!(longer["windows"] == 22, "extended to {longer}");
	let before = network.contract(id).await?.ok_or("it runs")?;
	ensure!(before.legs.len() == 2, "{} legs", before.legs.len());
	let shorter = network.terrace(crate::CLIENT, &terrace("cancel", &[])).await?;
	let after = network.contract(id).await?.ok_or("it runs")?;
	let freed = before.escrow.saturating_sub(after.escrow);
	ensure!(freed > 0 && shorter["refunded"] == freed.to_string(), "freed {freed}: {shorter}");
	ensure!(after.end < before.end, "it ends at {:?} instead of {:?}", after.end, before.end);
	let status = network.terrace(crate::CLIENT, &terrace("status", &[])).await?;
	ensure!(status["notes"][0]["note"].is_string(), "no word on what happens next: {status}");
	let view = ended(network, id).await?;
	ensure!(view.paid == view.escrow, "paid {} of {}", view.paid, view.escrow);
	close(network, id).await?;
	ensure!(network.contract(id).await?.is_none(), "contract {id} is still there");
	Ok(())
}
