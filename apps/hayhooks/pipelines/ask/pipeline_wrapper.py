"""The smallest pipeline that hayhooks can serve: a question goes to a model, with all that Haystack does by default."""

from hayhooks import BasePipelineWrapper
from haystack import Pipeline
from haystack.components.builders import ChatPromptBuilder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage


class PipelineWrapper(BasePipelineWrapper):
    def setup(self) -> None:
        self.pipeline = Pipeline()
        template = [ChatMessage.from_user("{{question}}")]
        self.pipeline.add_component("prompt", ChatPromptBuilder(template=template, required_variables=["question"]))
        self.pipeline.add_component("model", OpenAIChatGenerator(model="gpt-4o-mini"))
        self.pipeline.connect("prompt.prompt", "model.messages")

    def run_api(self, question: str) -> str:
        result = self.pipeline.run({"prompt": {"question": question}})
        return result["model"]["replies"][0].text
