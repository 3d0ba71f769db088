"""The progress report: one course of care on paper, in the words of the pages.

``report`` brings it together; ``scales``, ``summary``, ``homework`` and ``quotes`` are its parts,
each as plain data; ``paper`` and ``report.typ`` make the PDF of it.
"""

from .report import report_pdf

__all__ = ["report_pdf"]
