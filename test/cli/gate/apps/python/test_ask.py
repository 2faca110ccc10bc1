import unittest

from ask import ask, models, tell


class Ask(unittest.TestCase):
    def test_answers(self):
        self.assertRegex(ask("Who are you?"), r"\w")

    def test_streams(self):
        self.assertRegex(tell("Who are you?"), r"\w")

    def test_knows_models(self):
        self.assertIn("qwen3-coder", models())


if __name__ == "__main__":
    unittest.main()
