"""The errors a person can meet. Each message is one line: what was found, what was expected, what to do."""

from __future__ import annotations


class GrundlagError(Exception):
    """The root of all expected errors; its message is fit to be shown as it is."""


class SettingsError(GrundlagError):
    """A setting has a value that cannot be used."""


class DocumentError(GrundlagError):
    """A source document could not be read."""


class NoTextError(DocumentError):
    """A source document has pictures of its text, and no text."""


class CatalogueError(GrundlagError):
    """The catalogue of documents is malformed."""


class ModelError(GrundlagError):
    """The encoder or chat model is missing, damaged or not what it should be."""


class IndexMissingError(GrundlagError):
    """There is no index to answer from."""


class IndexDamagedError(GrundlagError):
    """The index does not agree with itself, with the documents or with the encoder."""


class IndexUnwritableError(GrundlagError):
    """There is no room for the index on the disk."""


class IndexBusyError(GrundlagError):
    """Another process is building the index."""


class QuestionFileError(GrundlagError):
    """A file of questions has a line that is not a question."""


class NoteFileError(GrundlagError):
    """A file of notes has a line that is not a note."""


class CitationError(GrundlagError):
    """A citation could not be proven against its document; it must not be shown."""


class FeedbackError(GrundlagError):
    """The file for feedback and unanswered questions cannot be read or written."""


class BusyError(GrundlagError):
    """So many are asking that one more cannot wait."""


class TooSlowError(GrundlagError):
    """An answer took longer than a question may take."""


class FailedError(GrundlagError):
    """Something failed in a way that nobody foresaw; the log says where."""
