"""Model fields whose column holds only sealed bytes; a value is opened when it is first read."""

import json
from collections.abc import Iterator

from django.apps import apps
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.query_utils import DeferredAttribute

# The db_default of a field that comes later: for rows that old code adds while a new version comes
# up.
EMPTY = models.Value(b"", output_field=models.BinaryField())


class Sealed(bytes):
    """What stands in the column: not opened yet."""


class OpenOnRead(DeferredAttribute):
    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        # DeferredAttribute loads what is deferred; whatever is there is then in __dict__.
        value = instance.__dict__.get(self.field.attname, value)
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):
    descriptor_class = OpenOnRead

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def about(self, instance) -> bytes:
        return f"{instance._meta.db_table}|{self.column}|{instance.pk}".encode()

    def open(self, instance, sealed: Sealed):
        if not sealed:
            return self.from_plain(b"")
        key = instance.data_key_of(bytes(sealed))
        return self.from_plain(key.open(bytes(sealed), about=self.about(instance)))

    def pre_save(self, instance, add):
        value = instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        plain = self.to_plain(value)
        if not plain:
            return Sealed(b"")
        return Sealed(instance.data_key().seal(plain, about=self.about(instance)))

    def from_db_value(self, value, expression, connection):
        return None if value is None else Sealed(value)

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is not None and not isinstance(value, Sealed):
            raise self._refusal()
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise self._refusal()
        return super().get_lookup(lookup_name)

    def _refusal(self) -> FieldError:
        return FieldError(
            f"{self.name} is sealed: save the object; it can't be filtered on or updated in bulk."
        )

    def get_default(self):
        """Empty in its own type: BinaryField makes bytes of an empty text."""
        return (super().get_default() if self.has_default() else None) or self.empty()


class SealedTextField(SealedField):
    def empty(self):
        return ""

    def to_plain(self, value: str) -> bytes:
        return str(value).encode()

    def from_plain(self, plain: bytes) -> str:
        return plain.decode()

    def to_python(self, value):
        return value


class SealedJSONField(SealedField):
    def empty(self):
        return {}

    def to_plain(self, value) -> bytes:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()

    def from_plain(self, plain: bytes):
        return json.loads(plain) if plain else {}

    def to_python(self, value):
        return value


class SealedBytesField(SealedField):
    """A file. Whoever lists rows defers it."""

    def empty(self):
        return b""

    def to_plain(self, value: bytes) -> bytes:
        return bytes(value)

    def from_plain(self, plain: bytes) -> bytes:
        return plain

    def to_python(self, value):
        return value


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedField]]:
    """Of all models, whatever they come to have."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField):
                yield model, field
