"""Run to one HTML file, JUnit and Markdown."""
