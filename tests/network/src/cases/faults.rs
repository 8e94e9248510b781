// SPDX-License-Identifier: Apache-2.0
//! Providers that do not keep what they were given.

use super::{close, ended, store, write_file};
use crate::{ensure, wait_for, Failure, Network};
use std::{path::Path, time::Duration};

/// A provider deletes a blob after its first proof: no pay from then on, and a refund.
pub async fn lost_blob(network: &mut Network) -> Result<(), Failure> {
	let windows = 4;
	let file = write_file(&network.layout.dir, "lost", 300_000)?;
	let kept = write_file(&network.layout.dir, "kept", 300_001)?;
	let id = store(network, &file, &[1], windows).await?[0];
	let other = store(network, &kept, &[1], windows).await?[0];
	wait_for("a first window is proven", Duration::from_secs(240), PAUSE, || async {
		let view = network.contract(id).await?.ok_or("the contract is gone")?;
		Ok((view.proven > 0).then_some(()))
	})
	.await?;
	let removed = remove_blobs(&network.provider_data(1), 300_000)?;
	ensure!(removed == 1, "{removed} files of the blob's size found at the provider");
	let view = ended(network, id).await?;
	let lost = view.faults + view.outages;
	ensure!(lost > 0, "the provider was paid for what it did not keep: {view:?}");
	ensure!(view.proven + lost == windows, "proven {} and lost {lost} of {windows}", view.proven);
	let rate = view.rate;
	ensure!(view.paid == rate * u128::from(view.proven), "paid {} at {rate} a window", view.paid);
	ensure!(view.refundable == rate * u128::from(lost), "refund {} for {lost}", view.refundable);
	let before = balance(network).await?;
	close(network, id).await?;
	let after = balance(network).await?;
	// The client itself pays the fee of closing, when its provider was not faster.
	ensure!(after + FEE >= before + view.refundable || lost == 0, "{before} then {after}");
	let other = ended(network, other).await?;
	ensure!(other.proven == windows, "a kept blob of the same provider: {other:?}");
	close(network, other.id).await
}

const PAUSE: Duration = Duration::from_millis(300);
/// More than closing a contract costs.
const FEE: u128 = 1_000_000_000_000;

async fn balance(network: &Network) -> Result<u128, Failure> {
	let answer = network.terrace(crate::CLIENT, &["balance".into()]).await?;
	let text = answer["contract"]["free"].as_str().map(str::to_string);
	text.and_then(|text| text.parse().ok())
		.ok_or_else(|| Failure(format!("no balance in {answer}")))
}

/// Deletes every file of exactly `size` bytes below `dir`.
fn remove_blobs(dir: &Path, size: u64) -> Result<usize, Failure> {
	let mut removed = 0;
	for entry in std::fs::read_dir(dir)? {
		let entry = entry?;
		let meta = entry.metadata()?;
		if meta.is_dir() {
			removed += remove_blobs(&entry.path(), size)?;
		} else if meta.len() == size {
			std::fs::remove_file(entry.path())?;
			removed += 1;
		}
	}
	Ok(removed)
}
