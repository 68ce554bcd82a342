/** What the IDE shows at first: the README's queries, ready to run. */
import type { IdeTab } from '../api/ide.ts';

/** The tabs; the last one is in front, so they are best tried from the last to the first. */
export const ideTabs: readonly IdeTab[] = [
  {
    title: 'Proof',
    query: `# What the indexes missed, what was not read, and how an answer was found.
query Proof {
  status {
    indexes { space state missed }
    coverage { characters charactersRead charactersDropped }
  }
  similarMentions(to: { text: "nephrotoxicity" }, filter: { types: ["Disease"] }, first: 1) {
    explain { path k ef estimatedRecall passing }
    edges { explain { similarity margin confidence nearestAccepted(first: 1) { node { text } } } }
  }
}
`,
  },
  {
    title: 'A new type',
    query: `# Describe a type in plain words; stored documents are read for it in the background.
mutation NewType {
  createEntityType(
    input: { name: "Heart disease", description: "disorders of the heart and its rhythm" }
  ) {
    entityType {
      id
      documentsScored
      documentsTotal
    }
    errors {
      code
      message
    }
  }
}
`,
  },
  {
    title: 'Other names',
    query: `# The same thing under other names.
query OtherNames {
  similarMentions(to: { text: "adriamycin" }, filter: { types: ["Chemical"] }, first: 4) {
    edges { similarity node { text } }
  }
}
`,
  },
  {
    title: 'What occurs together',
    query: `# What stands in a sentence with nephrotoxicity, with an example of each.
query Together {
  coOccurrences(
    of: { text: "nephrotoxicity" }
    with: { types: ["Chemical"] }
    within: SENTENCE
    first: 2
  ) {
    units
    nodes { with count ofCount withCount npmi withExample { before text after } }
  }
}
`,
  },
  {
    title: 'Full text',
    query: `# Documents by their words: "phrases", prefixes*, OR, NOT or -, parentheses.
query Words {
  searchDocuments(query: "\\"kidney failure\\" OR nephrotox* -cisplatin", first: 10) {
    totalCount
    edges {
      score
      passages {
        text
        matches {
          start
          end
        }
      }
      node {
        title
      }
    }
  }
}
`,
  },
  {
    title: 'Mentions of a type',
    query: `# Stored mentions of a type, with their documents.
query Mentions {
  mentions(filter: { types: ["Disease"], text: "toxicity" }, overlap: FLAT, first: 10) {
    nodes {
      text
      before
      after
      document {
        externalId
        title
      }
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
`,
  },
  {
    title: 'A type on the spot',
    query: `# What a type would find in documents that were read before; nothing is stored.
query Preview {
  previewEntityType(
    description: "An animal used in an experiment."
    examples: [
      { text: "Rats were given saline.", start: 0, end: 4 }
      { text: "We killed the mice after a day.", start: 14, end: 18 }
      { text: "Patients were given saline.", start: 0, end: 8, isPositive: false }
      { text: "Saline had no effect.", start: 0, end: 6, isPositive: false }
    ]
    offset: 5.5
    sample: null
    first: 3
  ) {
    documentsScored mentions documents
    best { before(maxChars: 20) text after(maxChars: 20) }
  }
}
`,
  },
  {
    title: 'Read the samples',
    query: `# 500 PubMed abstracts, read in the background.
mutation ReadSamples {
  ingestSampleDocuments(waitSeconds: 30) {
    accepted
    done
    errors {
      code
      message
    }
  }
}
`,
  },
  {
    title: 'Nested mentions',
    query: `# Mentions within mentions, in any text; nothing is stored.
query Nested {
  extract(
    text: "🐭 Spinal cord injury in rats."
    types: [{ name: "Disease" }, { name: "Anatomy" }, { name: "Organism" }]
  ) {
    mentions { type text start codePoint: start(unit: CODE_POINT) }
  }
}
`,
  },
  {
    title: 'Extract',
    query: `# Mentions in any text; nothing is stored.
query Extract($text: String!) {
  extract(text: $text, overlap: FLAT) {
    mentions {
      type
      text
      start
      end
      margin
    }
    coverage {
      characters
      charactersRead
    }
  }
}
`,
    variables: JSON.stringify(
      {
        text: 'A newborn exposed to lithium carbonate had tricuspid regurgitation and atrial flutter.',
      },
      undefined,
      2,
    ),
  },
];
