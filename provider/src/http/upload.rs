// SPDX-License-Identifier: Apache-2.0
//! Receiving the blob of a proposed contract.

use super::{answer::Failure, parked::Receiving, range::continued_from, Service};
use crate::{
	store::{Incoming, Refusal},
	LOG_TARGET,
};
use axum::{
	body::Body,
	extract::{Path, State},
	http::{header, HeaderMap, HeaderName, StatusCode},
	response::Json,
};
use futures::StreamExt;
use serde_json::{json, Value};
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId,
};
use terrace_possession::BlobSize;

/// Header that tells how many bytes of an upload were received before it broke off.
pub const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// `HEAD /contracts/{id}`: how much of the blob is here already.
pub async fn head(
	State(service): State<Service>,
	Path(id): Path<u64>,
) -> Result<[(HeaderName, String); 1], Failure> {
	let contract = wanted(&service, ContractId(id)).await?;
	let stored = service.store.size_of(&contract.root)?;
	let offset = stored.unwrap_or_else(|| service.parked.received(contract.id));
	Ok([(UPLOAD_OFFSET, offset.to_string())])
}

/// `PUT /contracts/{id}`: receives, checks and keeps the blob, then accepts the contract.
///
/// With a `Content-Range` it goes on where an upload broke off.
pub async fn put(
	State(service): State<Service>,
	Path(id): Path<u64>,
	headers: HeaderMap,
	body: Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
	let _permit = service.uploads.try_acquire().map_err(|_| {
		Failure::new(
			StatusCode::SERVICE_UNAVAILABLE,
			"too many uploads are being received",
			"try again in a while",
		)
	})?;
	let contract = wanted(&service, ContractId(id)).await?;
	let answer = json!({ "contract": id, "root": contract.root, "size": contract.size });
	let stored = service.store.size_of(&contract.root)?.is_some();
	if stored && contract.state == ContractState::Active {
		return Ok((StatusCode::OK, Json(answer)));
	}
	if !stored {
		let from = begin(&headers, contract.size)?;
		check_length(&headers, contract.size.saturating_sub(from))?;
		check_room(&service, contract.size)?;
		if let Err(failure) = receive(&service, &contract, from, body).await {
			service.metrics.refused.inc();
			return Err(failure);
		}
		service.metrics.uploads.inc();
	}
	let at = service.contracts.finalized().await?;
	service.store.bind(contract.id, &contract.root, at)?;
	if contract.state == ContractState::Proposed {
		service.contracts.accept(contract.id).await?;
		tracing::info!(target: LOG_TARGET, contract = id, root = %contract.root, "accepted");
	}
	Ok((StatusCode::CREATED, Json(answer)))
}

/// The contract, if its blob is wanted here.
async fn wanted(service: &Service, id: ContractId) -> Result<ContractView, Failure> {
	let contract = service.contracts.contract(id).await?.ok_or_else(|| {
		Failure::new(
			StatusCode::NOT_FOUND,
			format!("there is no contract {id}"),
			"propose a contract first, and wait until it is final",
		)
	})?;
	if contract.provider != service.contracts.provider() {
		return Err(Failure::new(
			StatusCode::CONFLICT,
			format!("contract {id} names another provider"),
			"upload to the provider that the contract names",
		));
	}
	if contract.state == ContractState::Ended {
		return Err(Failure::new(
			StatusCode::CONFLICT,
			format!("contract {id} has ended"),
			"propose a new one",
		));
	}
	Ok(contract)
}

/// Refuses by the announced length, before anything is received.
fn check_length(headers: &HeaderMap, size: u64) -> Result<(), Failure> {
	let announced = headers
		.get(header::CONTENT_LENGTH)
		.and_then(|value| value.to_str().ok())
		.and_then(|text| text.parse::<u64>().ok());
	match announced {
		Some(received) if received != size => {
			Err(Refusal::Length { received, expected: size }.into())
		}
		_ => Ok(()),
	}
}

fn check_room(service: &Service, size: u64) -> Result<(), Failure> {
	let used = service.store.used()?;
	if used.saturating_add(size) > service.capacity {
		return Err(Failure::new(
			StatusCode::INSUFFICIENT_STORAGE,
			"this provider is full",
			"choose another provider",
		));
	}
	Ok(())
}

/// Where an upload begins.
fn begin(headers: &HeaderMap, size: u64) -> Result<u64, Failure> {
	let Some(range) = headers.get(header::CONTENT_RANGE) else { return Ok(0) };
	range.to_str().ok().and_then(|range| continued_from(range, size)).ok_or_else(|| {
		Failure::new(
			StatusCode::BAD_REQUEST,
			"this range does not end with the blob",
			"go on with `Content-Range: bytes FIRST-LAST/SIZE` up to the last byte",
		)
	})
}

/// The upload that goes on after `from` bytes, or a new one.
async fn start(service: &Service, contract: &ContractView, from: u64) -> Result<Incoming, Failure> {
	if from > 0 {
		return service.parked.take(contract.id, from).ok_or_else(|| {
			Failure::new(
				StatusCode::CONFLICT,
				format!("no upload of contract {} stopped after {from} bytes", contract.id),
				"ask with HEAD how much is here, or begin anew",
			)
		});
	}
	let size = BlobSize::new(contract.size).map_err(|error| {
		Failure::new(StatusCode::CONFLICT, error.to_string(), "propose another size")
	})?;
	Ok(service.store.receive(contract.root, size).await?)
}

async fn receive(
	service: &Service,
	contract: &ContractView,
	from: u64,
	body: Body,
) -> Result<(), Failure> {
	let mut receiving = service.parked.guard(contract.id, start(service, contract, from).await?);
	let mut parts = body.into_data_stream();
	while let (Some(part), Some(incoming)) = (parts.next().await, receiving.incoming()) {
		let Ok(part) = part else {
			return Err(Failure::new(
				StatusCode::BAD_REQUEST,
				"the upload broke off",
				"go on where it stopped, or upload again",
			));
		};
		if let Err(refusal) = incoming.write(part).await {
			discard(receiving).await;
			return Err(refusal.into());
		}
	}
	match receiving.take() {
		Some(incoming) => Ok(incoming.finish().await?),
		None => Ok(()),
	}
}

async fn discard(receiving: Receiving) {
	if let Some(incoming) = receiving.take() {
		incoming.discard().await;
	}
}
