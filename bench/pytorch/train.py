"""Training steps of BINDER in PyTorch with the rewrites that Spandex's graph has, to compare speeds.

The same model, data, loss, optimizer and recipe:
- the span projection is split in three, so that nothing of size L x L x (2H + D) is built;
- numerators and lengths of span vectors come from Gram products, not from an L x L x E tensor;
- one log-sum-exp a window and type serves every mention's loss and the threshold's;
- batches are windows of about one length, padded to the longest of them;
- word embeddings are frozen and shared by both encoders; type descriptions are encoded in each step.

    python3 train.py RECIPE ENCODER CORPUS STEPS THREADS

prints one line of JSON: tokens (without padding), seconds, peakRssBytes, losses.
Needs torch, tokenizers, safetensors. Not part of the product.
"""

import gzip
import json
import math
import random
import resource
import sys
import time
import unicodedata

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

WARM_UP_STEPS = 3
EXCLUDED = -1e9
BATCHES_PER_GROUP = 16
MAX_TYPE_TOKENS = 128

# What a recipe leaves out; the same defaults as in src/training/recipe.ts.
DEFAULTS = {
    "learningRate": 1e-4,
    "headLearningRate": None,
    "warmupShare": 0,
    "weightDecay": 0,
    "clipNorm": 1,
    "dropout": 0.1,
    "epochs": 12,
    "seed": 42,
    "batchWindows": 16,
    "windowTokens": 128,
    "overlapTokens": 16,
    "candidateTokens": None,
    "emptyWindowShare": 1,
    "lossWeights": {},
    "temperature": 0.07,
    "embeddingSize": 128,
    "widthSize": 128,
}
LOSS_WEIGHTS = {"start": 0.2, "end": 0.2, "span": 0.6, "mention": 0.5, "threshold": 0.5}


def kind(character):
    category = unicodedata.category(character)[0]
    return {"L": 1, "M": 1, "N": 2}.get(category, 0)


def is_word_edge(text, offset):
    """True when the characters on both sides do not belong to one word."""
    if offset == 0 or offset == len(text):
        return True
    before = kind(text[offset - 1])
    return before == 0 or before != kind(text[offset])


def read_documents(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def windows_of(count, window_tokens, overlap):
    """Slices [first, end) of a document's tokens that cover all of them."""
    size = window_tokens - 2
    first = 0
    while True:
        end = min(first + size, count)
        yield first, end
        if end == count:
            return
        first += size - overlap


def covering(offsets, start, end):
    tokens = [i for i, (s, e) in enumerate(offsets) if e > start and s < end]
    return (tokens[0], tokens[-1]) if tokens else None


def examples_of(document, tokenizer, types, recipe):
    text = document["text"]
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = encoding.offsets
    starts = [i for i, (s, _) in enumerate(offsets) if is_word_edge(text, s)]
    ends = [i for i, (_, e) in enumerate(offsets) if is_word_edge(text, e)]
    longest = recipe["candidateTokens"] or len(offsets)
    gold = set()
    for entity in document["entities"]:
        tokens = covering(offsets, entity["start"], entity["end"])
        if entity["type"] in types and tokens and tokens[1] - tokens[0] < longest:
            gold.add((types.index(entity["type"]), *tokens))
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    for first, end in windows_of(len(offsets), recipe["windowTokens"], recipe["overlapTokens"]):
        yield {
            "tokens": [cls, *encoding.ids[first:end], sep],
            "starts": [i - first + 1 for i in starts if first <= i < end],
            "ends": [i - first + 1 for i in ends if first <= i < end],
            "gold": [
                (t, a - first + 1, b - first + 1)
                for t, a, b in gold
                if a >= first and b < end
            ],
        }


def epoch_batches(examples, recipe, generator):
    """Windows of about one length together, in random order."""
    order = list(range(len(examples)))
    generator.shuffle(order)
    size = recipe["batchWindows"]
    batches = []
    for start in range(0, len(order), size * BATCHES_PER_GROUP):
        group = order[start : start + size * BATCHES_PER_GROUP]
        group.sort(key=lambda i: len(examples[i]["tokens"]))
        batches += [group[i : i + size] for i in range(0, len(group), size)]
    generator.shuffle(batches)
    return batches


def build_batch(examples, type_count, recipe, pad):
    """Tokens, attention bias, masks and places of gold mentions."""
    count, length = len(examples), max(len(e["tokens"]) for e in examples)
    tokens = torch.full((count, length), pad, dtype=torch.int64)
    bias = torch.full((count, 1, 1, length), EXCLUDED)
    start_mask = torch.full((count, type_count, length), EXCLUDED)
    end_mask = torch.full((count, type_count, length), EXCLUDED)
    span_mask = torch.full((count, type_count, length, length), EXCLUDED)
    longest = recipe["candidateTokens"] or length
    rows, firsts, lasts = [], [], []
    for w, example in enumerate(examples):
        size = len(example["tokens"])
        tokens[w, :size] = torch.tensor(example["tokens"])
        bias[w, :, :, :size] = 0
        starts = torch.tensor(example["starts"], dtype=torch.int64)
        ends = torch.tensor(example["ends"], dtype=torch.int64)
        start_mask[w][:, starts] = 0
        end_mask[w][:, ends] = 0
        widths = ends[None, :] - starts[:, None]
        allowed = (widths >= 0) & (widths < longest)
        i, j = torch.nonzero(allowed, as_tuple=True)
        span_mask[w][:, starts[i], ends[j]] = 0
        start_mask[w, :, 0] = end_mask[w, :, 0] = span_mask[w, :, 0, 0] = 0
        for t, a, b in example["gold"]:
            start_mask[w, t, a] = end_mask[w, t, b] = span_mask[w, t, a, b] = EXCLUDED
            rows.append(w * type_count + t)
            firsts.append(a)
            lasts.append(b)
    gold = [torch.tensor(places, dtype=torch.int64) for places in (rows, firsts, lasts)]
    return tokens, bias, start_mask, end_mask, span_mask, gold


class Model(torch.nn.Module):
    """Both encoders and the projections, under the official names with dots as double underscores."""

    def __init__(self, config, pretrained, recipe):
        super().__init__()
        self.config, self.dropout = config, recipe["dropout"]
        hidden, size, width = config["hidden_size"], recipe["embeddingSize"], recipe["widthSize"]
        self.register_buffer("words", pretrained["embeddings.word_embeddings.weight"])
        self.weights = torch.nn.ParameterDict()
        for prefix in ("text_encoder.", "type_encoder."):
            for name, value in pretrained.items():
                if name != "embeddings.word_embeddings.weight" and not name.startswith("pooler"):
                    if value.is_floating_point():
                        self.add(prefix + name, value.clone())
        for name in ("start", "end", "type_start", "type_end", "type_span"):
            self.add_linear(f"{name}_linear", hidden, size)
        self.add_linear("span_linear", 2 * hidden + width, size)
        rows = (recipe["candidateTokens"] or recipe["windowTokens"]) + 1
        self.add("width_embeddings.weight", torch.randn(rows, width) * 0.02)
        for name in ("start", "end", "span"):
            self.add(f"{name}_logit_scale", torch.tensor(math.log(1 / recipe["temperature"])))

    def add(self, name, value):
        self.weights[name.replace(".", "__")] = torch.nn.Parameter(value)

    def add_linear(self, name, from_size, to_size):
        self.add(f"{name}.weight", torch.randn(to_size, from_size) * 0.02)
        self.add(f"{name}.bias", torch.zeros(to_size))

    def weight(self, name):
        return self.weights[name.replace(".", "__")]

    def drop(self, x):
        return F.dropout(x, self.dropout, self.training)

    def linear(self, x, name):
        return F.linear(x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))

    def norm(self, x, name):
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return F.layer_norm(x, x.shape[-1:], weight, bias, self.config["layer_norm_eps"])

    def encode(self, prefix, tokens, bias):
        count, length = tokens.shape
        heads, hidden = self.config["num_attention_heads"], self.config["hidden_size"]
        placed = (
            F.embedding(tokens, self.words)
            + self.weight(f"{prefix}embeddings.position_embeddings.weight")[:length]
            + self.weight(f"{prefix}embeddings.token_type_embeddings.weight")[0]
        )
        x = self.drop(self.norm(placed, f"{prefix}embeddings.LayerNorm"))
        for layer in range(self.config["num_hidden_layers"]):
            at = f"{prefix}encoder.layer.{layer}."

            def split(name):
                projected = self.linear(x, f"{at}attention.self.{name}")
                return projected.view(count, length, heads, hidden // heads).transpose(1, 2)

            mixed = F.scaled_dot_product_attention(
                split("query"),
                split("key"),
                split("value"),
                attn_mask=bias,
                dropout_p=self.dropout if self.training else 0,
            )
            merged = mixed.transpose(1, 2).reshape(count, length, hidden)
            projected = self.drop(self.linear(merged, f"{at}attention.output.dense"))
            x = self.norm(projected + x, f"{at}attention.output.LayerNorm")
            wide = F.gelu(self.linear(x, f"{at}intermediate.dense"))
            narrow = self.drop(self.linear(wide, f"{at}output.dense"))
            x = self.norm(narrow + x, f"{at}output.LayerNorm")
        return x

    def scores(self, batch, type_tokens, type_bias):
        tokens, bias = batch[0], batch[1]
        states = self.encode("text_encoder.", tokens, bias)
        types = self.encode("type_encoder.", type_tokens, type_bias)[:, 0]
        unit = lambda x: F.normalize(x, dim=-1)  # noqa: E731
        scale = lambda name: self.weight(f"{name}_logit_scale").exp()  # noqa: E731

        def positions(name):
            vectors = unit(self.drop(self.linear(states, f"{name}_linear")))
            queries = unit(self.drop(self.linear(types, f"type_{name}_linear")))
            return scale(name) * (queries @ vectors.transpose(1, 2))

        return positions("start"), positions("end"), scale("span") * self.spans(states, types)

    def spans(self, states, types):
        """Cosines of every span with every type: [B, T, L, L]."""
        count, length, hidden = states.shape
        weight = self.weight("span_linear.weight")
        a = self.drop(F.linear(states, weight[:, :hidden]))
        b = self.drop(F.linear(states, weight[:, hidden : 2 * hidden]))
        table = self.weight("width_embeddings.weight")
        c = F.linear(table, weight[:, 2 * hidden :], self.weight("span_linear.bias"))
        places = torch.arange(length)
        width = (places[None, :] - places[:, None] + 1).clamp(0, len(c) - 1)
        queries = F.normalize(self.drop(self.linear(types, "type_span_linear")), dim=-1)
        numerator = (
            (queries @ a.transpose(1, 2)).unsqueeze(3)
            + (queries @ b.transpose(1, 2)).unsqueeze(2)
            + (c @ queries.T)[width].permute(2, 0, 1)
        )
        squares = lambda x: (x * x).sum(-1)  # noqa: E731
        index = width.expand(count, length, length)
        start_width = torch.gather(a @ c.T, 2, index)
        end_width = torch.gather(b @ c.T, 2, index.transpose(1, 2)).transpose(1, 2)
        crossed = a @ b.transpose(1, 2) + start_width + end_width
        own = squares(a).unsqueeze(2) + squares(b).unsqueeze(1) + squares(c)[width]
        lengths = (own + 2 * crossed).clamp_min(1e-24).sqrt()
        return numerator / lengths.unsqueeze(1)


def binding_loss(scores, mask, rows, places, weights):
    """One kind of score: scores and mask [R, C]; rows and places of gold mentions [M]."""
    negatives = torch.logsumexp(scores + mask, 1)
    threshold = (negatives - scores[:, 0]).mean()
    if len(rows) == 0:
        return weights["threshold"] * threshold
    mention = F.softplus(negatives[rows] - scores[rows, places]).mean()
    return weights["mention"] * mention + weights["threshold"] * threshold


def loss_of(model, batch, types, weights):
    start_mask, end_mask, span_mask, (rows, firsts, lasts) = batch[2:]
    start, end, span = model.scores(batch, *types)
    count, length = start.shape[0] * start.shape[1], start.shape[2]
    flat = lambda x: x.reshape(count, -1)  # noqa: E731
    return (
        weights["start"] * binding_loss(flat(start), flat(start_mask), rows, firsts, weights)
        + weights["end"] * binding_loss(flat(end), flat(end_mask), rows, lasts, weights)
        + weights["span"]
        * binding_loss(flat(span), flat(span_mask), rows, firsts * length + lasts, weights)
    )


def type_inputs(types, tokenizer, pad):
    longest = MAX_TYPE_TOKENS - 2
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    texts = [t["description"].strip() and t["description"] or t["name"] for t in types]
    ids = [
        [cls, *tokenizer.encode(text, add_special_tokens=False).ids[:longest], sep]
        for text in texts
    ]
    length = max(map(len, ids))
    tokens = torch.tensor([row + [pad] * (length - len(row)) for row in ids])
    bias = torch.tensor([[0.0] * len(row) + [EXCLUDED] * (length - len(row)) for row in ids])
    return tokens, bias[:, None, None, :]


def learning_rate_factor(step, steps, warm_up_share):
    warm_up = warm_up_share * steps
    if step < warm_up:
        return (step + 1) / warm_up
    return max(0.0, (steps - step) / max(1.0, steps - warm_up))


def main():
    recipe_path, encoder, corpus, steps, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    with open(recipe_path, encoding="utf-8") as file:
        recipe = {**DEFAULTS, **json.load(file)}
    weights = {**LOSS_WEIGHTS, **recipe["lossWeights"]}
    with open(f"{encoder}/config.json", encoding="utf-8") as file:
        config = json.load(file)
    tokenizer = Tokenizer.from_file(f"{encoder}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    with open(f"{corpus}/types.json", encoding="utf-8") as file:
        types = sorted(json.load(file), key=lambda t: t["name"])
    names = [t["name"] for t in types]
    torch.manual_seed(recipe["seed"])
    generator = random.Random(recipe["seed"])
    pretrained = {
        name.removeprefix("bert."): value.float() if value.is_floating_point() else value
        for name, value in load_file(f"{encoder}/model.safetensors").items()
    }
    model = Model(config, pretrained, recipe)
    examples = [
        example
        for document in read_documents(f"{corpus}/train.jsonl.gz")
        for example in examples_of(document, tokenizer, names, recipe)
    ]
    kept = [e for e in examples if e["gold"] or generator.random() < recipe["emptyWindowShare"]]
    pad = tokenizer.token_to_id("[PAD]")
    type_batch = type_inputs(types, tokenizer, pad)
    groups = {True: [], False: []}
    for name, parameter in model.named_parameters():
        groups["_encoder__" in name].append(parameter)
    head_rate = recipe["headLearningRate"] or recipe["learningRate"]
    optimizer = torch.optim.AdamW(
        [
            {"params": groups[True], "lr": recipe["learningRate"]},
            {"params": groups[False], "lr": head_rate},
        ],
        weight_decay=recipe["weightDecay"],
        fused=True,
    )
    all_steps = math.ceil(len(kept) / recipe["batchWindows"]) * recipe["epochs"]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: learning_rate_factor(step, all_steps, recipe["warmupShare"])
    )
    model.train()
    losses, tokens, queue, start = [], 0, [], 0.0
    for step in range(WARM_UP_STEPS + int(steps)):
        if step == WARM_UP_STEPS:
            start, tokens = time.perf_counter(), 0
        queue = queue or epoch_batches(kept, recipe, generator)
        members = [kept[i] for i in queue.pop()]
        batch = build_batch(members, len(types), recipe, pad)
        loss = loss_of(model, batch, type_batch, weights)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe["clipNorm"])
        optimizer.step()
        schedule.step()
        tokens += sum(len(member["tokens"]) for member in members)
        losses.append(loss.item())
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result = {"tokens": tokens, "seconds": seconds, "peakRssBytes": peak, "losses": losses}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
