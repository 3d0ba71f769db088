"""E-mail: over SMTP, or through a provider of Anymail, as EMAIL_BACKEND says."""

import smtplib
from contextlib import suppress
from typing import NoReturn

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from requests import RequestException

from assessments.models.reminders import Outcome
from assessments.reminders.messages import Outgoing

from . import web
from .carrier import Carrier, Result
from .letter import envelope, letter_of, mail_of
from .refusals import is_dead_address

SMTP = "django.core.mail.backends.smtp.EmailBackend"
TAKEN, FORWARDED = 250, 251
GO_AHEAD = 354  # the server waits for the letter itself
GOODBYE = 421  # it ends the conversation, whatever was said


def carrier() -> Carrier:
    if settings.EMAIL_BACKEND == SMTP:
        return Smtp()
    return Anymail() if settings.EMAIL_BACKEND.startswith("anymail.") else Other()


class NothingSaid(Exception):
    """The line broke before any of the letter had left."""


class Talk(smtplib.SMTP):
    """A conversation that knows whether the letter itself has begun to leave."""

    has_begun = False

    def say(self, sender: str, to: str, letter: bytes) -> None:
        """As ``sendmail``; but where the server takes all questions at once (RFC 2920), it is asked
        once. The letter itself still waits until each is answered with a yes."""
        self.has_begun = False
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("pipelining"):
            self.sendmail(sender, [to], letter)
            return
        size = f" size={len(letter)}" if self.has_extn("size") else ""
        mail, rcpt = f"MAIL FROM:{envelope(sender)}{size}", f"RCPT TO:{envelope(to)}"
        self.send(f"{mail}\r\n{rcpt}\r\nDATA\r\n")
        answers = self._three_answers()
        if answers[0][0] != TAKEN:
            self._stop(answers, smtplib.SMTPSenderRefused(*answers[0], sender))
        if answers[1][0] not in (TAKEN, FORWARDED):
            self._stop(answers, smtplib.SMTPRecipientsRefused({to: answers[1]}))
        if answers[2][0] != GO_AHEAD:
            self._stop(answers, smtplib.SMTPDataError(*answers[2]))
        self.send(letter.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        answer = self.getreply()
        if answer[0] != TAKEN:
            self._stop([answer], smtplib.SMTPDataError(*answer))

    def _three_answers(self) -> list[tuple[int, bytes]]:
        """Fewer after a goodbye: it is the last."""
        answers = [self.getreply()]
        while len(answers) < 3 and answers[-1][0] != GOODBYE:
            answers.append(self.getreply())
        return answers

    def _stop(self, answers: list[tuple[int, bytes]], refusal: smtplib.SMTPException) -> NoReturn:
        """A server that said no and yet waits for a letter gets none, but a dead line."""
        if answers[-1][0] in (GOODBYE, GO_AHEAD):
            self.close()
        else:
            self._rset()
        raise refusal

    def mail(self, sender, options=()):
        self.has_begun = False
        return super().mail(sender, options)

    def getreply(self):
        code, words = super().getreply()
        if code == GO_AHEAD:
            self.has_begun = True
        return code, words


class TalkOverTls(Talk, smtplib.SMTP_SSL):
    pass


class Line(EmailBackend):
    """Django's backend, with such a conversation."""

    @property
    def connection_class(self):
        return TalkOverTls if self.use_ssl else Talk


class Smtp:
    """One line for many letters. A letter is only *unknown* when the line broke after the server
    had asked for it: until then there is nothing that could arrive."""

    def open(self) -> None:
        self.line = Line()

    def hand_over(self, outgoing: Outgoing) -> Result:
        try:
            letter = letter_of(outgoing)
        except ValueError as error:
            return Result(Outcome.FAILED, f"not a mail: {type(error).__name__}")
        if self.line.connection is not None:
            # The server may have let go of a line that was idle. Then it is said over a new one.
            with suppress(NothingSaid):
                return self._say(*letter)
            self.close()
        try:
            return self._say(*letter)
        except NothingSaid as broke:
            self.close()
            return Result(Outcome.FAILED, str(broke))

    def _say(self, sender: str, to: str, letter: bytes) -> Result:
        try:
            self.line.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NothingSaid(f"no connection: {type(error).__name__}") from error
        try:
            self.line.connection.say(sender, to, letter)
        except smtplib.SMTPRecipientsRefused as error:
            return self._address_refused(*next(iter(error.recipients.values())))
        except smtplib.SMTPResponseException as error:
            return self._refused(error)
        except (OSError, smtplib.SMTPException) as error:
            if not self.line.connection.has_begun:
                raise NothingSaid(f"line broken: {type(error).__name__}") from error
            self.close()
            return Result(Outcome.UNKNOWN, type(error).__name__)
        return Result(Outcome.SENT)

    def _address_refused(self, code: int, words: bytes) -> Result:
        if code == GOODBYE:
            raise NothingSaid(f"address refused: {code}")
        is_dead = is_dead_address(code, words.decode("utf-8", "replace"))
        return Result(Outcome.FAILED, f"address refused: {code}", is_final=is_dead)

    def _refused(self, error: smtplib.SMTPResponseException) -> Result:
        words, has_begun = f"refused: {error.smtp_code}", self.line.connection.has_begun
        if error.smtp_code == GOODBYE and not has_begun:
            raise NothingSaid(words) from error
        if has_begun and not 400 <= error.smtp_code < 600:  # neither a yes nor a no
            return Result(Outcome.UNKNOWN, words)
        return Result(Outcome.FAILED, words)

    def close(self) -> None:
        try:
            self.line.close()
        except (OSError, smtplib.SMTPException):
            self.line.connection = None


class Anymail:
    """A provider's interface on the web, by whichever of Anymail's backends is set."""

    def open(self) -> None:
        self.line = mail.get_connection()
        self.line.open()

    def hand_over(self, outgoing: Outgoing) -> Result:
        letter = mail_of(outgoing)
        letter.metadata = {"delivery": str(outgoing.delivery.pk)}  # comes back with its returns
        letter.track_opens = letter.track_clicks = False  # whatever the provider does by itself
        self._name(outgoing.delivery.message_id)
        try:
            self.line.send_messages([letter])
        except AnymailRecipientsRefused:
            return Result(Outcome.FAILED, "address refused", is_final=True)
        except (AnymailError, RequestException) as error:
            return self._refused(error)
        except ValueError as error:
            return Result(Outcome.FAILED, f"not a mail: {type(error).__name__}")
        return Result(Outcome.SENT, provider_id=letter.anymail_status.message_id or "")

    def _name(self, message_id: str) -> None:
        """Providers that know such a key take the same message once; the others don't look."""
        if session := getattr(self.line, "session", None):
            session.headers["Idempotency-Key"] = message_id.strip("<>")

    def _refused(self, error: Exception) -> Result:
        if getattr(error, "status_code", None):
            return web.of_status(error.status_code)
        if isinstance(error, RequestException):
            return web.of_silence(error.__cause__ or error)
        if isinstance(error, ValueError | TypeError):  # the letter, before anything was said
            return Result(Outcome.FAILED, f"not a mail: {type(error).__name__}")
        return Result(Outcome.UNKNOWN, type(error).__name__)

    def close(self) -> None:
        self.line.close()


class Other:
    """Any other backend of Django's, to a file or a console or memory: what it does not raise, it
    has done."""

    def open(self) -> None:
        self.line = mail.get_connection()

    def hand_over(self, outgoing: Outgoing) -> Result:
        try:
            self.line.send_messages([mail_of(outgoing)])
        except ValueError as error:
            return Result(Outcome.FAILED, f"not a mail: {type(error).__name__}")
        except (OSError, smtplib.SMTPException) as error:
            return Result(Outcome.UNKNOWN, type(error).__name__)
        return Result(Outcome.SENT)

    def close(self) -> None:
        self.line.close()
