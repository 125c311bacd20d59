import type { Parameters } from '../parameters.ts'
import type { IamAction, IamCall } from './action.ts'
import { pageOf } from './pages.ts'
import { named as namedProvider } from './providers.ts'
import { named as namedRole } from './roles.ts'
import { type KeyCase, mergeTags, readTags, removeTags, tagList } from './tags.ts'
import { bounds, checkText } from './validation.ts'

type Tagged = (call: IamCall) => { readonly tags: Map<string, string> }

function tag(named: Tagged, keyCase: KeyCase): IamAction {
  return (call) => {
    const tags = readTags(call.parameters, keyCase)
    mergeTags(named(call).tags, tags, keyCase)
    return undefined
  }
}

function untag(named: Tagged, keyCase: KeyCase): IamAction {
  return (call) => {
    const keys = tagKeys(call.parameters)
    removeTags(named(call).tags, keys, keyCase)
    return undefined
  }
}

function listTags(named: Tagged): IamAction {
  return (call) => {
    const page = pageOf(call.parameters, [...named(call).tags], ([key]) => key)
    return { Tags: tagList(new Map(page.items)), ...page.marks }
  }
}

function tagKeys(parameters: Parameters): readonly string[] {
  return (parameters.list('TagKeys') ?? []).map((key) => checkText('tagKeys.member', key, bounds.tagKey))
}

/** IAM's calls about tags. */
export const tagActions: Readonly<Record<string, IamAction>> = {
  TagOpenIDConnectProvider: tag(namedProvider, 'significant'),
  UntagOpenIDConnectProvider: untag(namedProvider, 'significant'),
  ListOpenIDConnectProviderTags: listTags(namedProvider),
  TagRole: tag(namedRole, 'ignored'),
  UntagRole: untag(namedRole, 'ignored'),
  ListRoleTags: listTags(namedRole),
}
