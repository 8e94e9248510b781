// SPDX-License-Identifier: Apache-2.0
//! Files that are stored, proven, paid for and fetched.

use super::{close, compare, ended, store, write_file};
use crate::{ensure, Failure, Network};

/// The smallest blob, and one whose size is round in no way and whose name needs quoting.
pub async fn whole_way(network: &mut Network) -> Result<(), Failure> {
	let files = [("one", 1, &[0][..]), ("Ünï -- o'dd \"name\".bin", 3 * 1024 * 1024 + 17, &[0, 1])];
	let windows = 2;
	let mut stored = Vec::new();
	for (name, size, providers) in files {
		let file = write_file(&network.layout.dir, name, size)?;
		for id in store(network, &file, providers, windows).await? {
			stored.push((id, file.clone()));
		}
	}
	for (id, file) in stored {
		let root = blake3::hash(&std::fs::read(&file)?).to_hex().to_string();
		let view = ended(network, id).await?;
		ensure!(view.root.to_string() == root, "root on chain {}, of the file {root}", view.root);
		ensure!(view.proven == windows, "{} of {windows} windows proven", view.proven);
		ensure!(view.paid == view.escrow, "paid {} of {}", view.paid, view.escrow);
		ensure!(view.refundable == 0, "{} would come back", view.refundable);
		compare(network, id, &file).await?;
		close(network, id).await?;
		ensure!(network.contract(id).await?.is_none(), "contract {id} is still there");
	}
	Ok(())
}
