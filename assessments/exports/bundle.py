"""FHIR R4: one bundle, written entry by entry, in a zip with a text that explains it."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC

from assessments.interop.fhir import writing
from assessments.models import Response

from .readme import readme
from .records import Measured, Record, Words
from .work import Work

# Security label: the data were put under pseudonyms.
PSEUDED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "PSEUDED",
}


def write_bundle(work: Work, out) -> None:
    work.begin(work.scope.count)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme(work))
        with archive.open("bundle.json", "w", force_zip64=True) as file:
            file.write(_head(work).encode())
            for place, resource in enumerate(_resources(work)):
                before = "," if place else ""
                entry = json.dumps(writing.entry(resource), ensure_ascii=False)
                file.write(f"{before}\n{entry}".encode())
            file.write(b"\n]}\n")


def _head(work: Work) -> str:
    """All of the bundle up to its entries."""
    export = work.export
    bundle = {
        "resourceType": "Bundle",
        "id": str(export.pk),
        "meta": {"security": [PSEUDED]},
        "type": "collection",
        "timestamp": export.asked_at.astimezone(UTC).isoformat(),
    }
    return json.dumps(bundle)[:-1] + ', "entry": ['


def _resources(work: Work) -> Iterator[writing.Node]:
    scope = work.scope
    names = scope.names
    system = f"urn:uuid:{work.export.practice_id}"  # pseudonyms are told apart within a practice
    for client_id in scope.answered:
        pseudonym = names.short("C", client_id)
        yield writing.patient(names.uuid(client_id), pseudonym=pseudonym, system=system)
    asked = {pk: _asked(words) for pk, words in scope.versions.items()}
    for each in asked.values():
        yield writing.questionnaire(each)
    for batch in scope.batches(scores=True):
        for record in batch:
            yield writing.response(_given(record, asked, with_words=work.export.with_words))
            for measured in record.measured():
                yield writing.observation(_taken(measured, asked))
        work.step(len(batch))


def _asked(words: Words) -> writing.Asked:
    version = words.version
    return writing.Asked(
        definition=words.definition,
        uuid=version.pk,
        activity=version.activity_id,
        number=version.number,
        published=version.published_at.date(),
        with_text=words.may_leave,
        is_vouched=not version.activity.is_own,
    )


def _given(record: Record, asked: dict, *, with_words: bool) -> writing.Given:
    response, names = record.response, record.names
    return writing.Given(
        uuid=names.uuid(response.pk),
        client=names.uuid(response.client_id),
        asked=asked[response.version_id],
        answers=response.answers,
        at=record.filled,
        on_paper=response.mode == Response.Mode.PAPER,
        with_words=with_words,
    )


def _taken(measured: Measured, asked: dict) -> writing.Taken:
    score, record = measured.score, measured.record
    names = record.names
    return writing.Taken(
        uuid=names.uuid(score.pk),
        client=names.uuid(score.client_id),
        response=names.uuid(score.response_id),
        asked=asked[record.response.version_id],
        scale=measured.scale,
        code=score.scale,
        value=score.value,
        answered=score.answered,
        missing=score.missing,
        provisional=score.provisional,
        engine=score.engine,
        taken_at=score.taken_at,
        about=score.about,
        why=score.trace.get("not_computed") or "",
        bands=tuple(measured.bands()),
    )
